"""Keeps the variables of a developer's shell out of the tests: those of another shop or account."""

import re
from collections.abc import MutableMapping
from pathlib import Path

_EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
_OTHERS = "(AWS|BOTO|BOTOCORE|CELERY|DJANGO|GRANIAN|KOMBU|NATS)_|PG[A-Z]+$|NO_COLOR$"
"""Of libraries and tools that obey them by themselves."""
_CELERYS_OWN = ("BROKER_URL", "CONFIG_MODULE", "LOADER", "RESULT_BACKEND")


_FORGOTTEN = "SHELL_FORGOTTEN"
"""Set when this was done: variables that a test gives to its own process must stay."""


def variables_of_the_shop() -> list[str]:
    """Return the name of each variable that `.env.example` names."""
    return re.findall(r"^#?([A-Z][A-Z0-9_]*)=", _EXAMPLE.read_text(), re.MULTILINE)


def forget_the_shell_once(variables: MutableMapping[str, str]) -> None:
    """Do so in the process that runs the tests, and not again in those that it starts."""
    if _FORGOTTEN not in variables:
        forget_the_shell(variables)
        variables[_FORGOTTEN] = "true"


def forget_the_shell(variables: MutableMapping[str, str]) -> None:
    """Take out all that the shop, or a library of its, would obey; and where it would be read."""
    ours = {*variables_of_the_shop(), *_CELERYS_OWN}
    ours |= {f"{name}_FILE" for name in ours}
    for name in [name for name in variables if name in ours or re.match(_OTHERS, name)]:
        del variables[name]
