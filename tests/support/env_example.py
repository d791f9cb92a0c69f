"""`.env.example` as a process has it: the variables that are set there, which are production's."""

from tests.support.processes import ROOT

EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
