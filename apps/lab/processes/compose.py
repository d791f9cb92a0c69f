"""The lines for a terminal by which one does in compose what the page does in the demo.

A process in a container can stop no other container: that would take Docker's socket, which is
root's right on the whole machine.
"""

from dataclasses import dataclass

ONE_ONLY = {"beat"}
"""A second clock would have each task run twice."""


@dataclass(frozen=True, kw_only=True)
class ComposeLine:
    """A line to copy, and what it does."""

    does: str
    line: str


def lines(worker: str) -> list[ComposeLine]:
    """Return the lines for a worker; its compose service has the same name."""
    found = {
        "Stop": f"docker compose stop {worker}",
        "Start": f"docker compose start {worker}",
        "Pause": f"docker compose pause {worker}",
        "Continue": f"docker compose unpause {worker}",
        "Kill, and it starts again": f"docker compose exec {worker} bash -c 'kill -9 -- -1'",
        "Kill, and it stays ended": f"docker compose kill {worker}",
    }
    if worker not in ONE_ONLY:
        found["Scale, 1 to 5"] = (
            f"docker compose up --detach --no-deps --no-recreate --scale {worker}=3 {worker}"
        )
    return [ComposeLine(does=does, line=line) for does, line in found.items()]
