"""What the map is made of: parts of the shop, ways between them, and what runs along a way."""

from dataclasses import dataclass

LETTERS = "dead-letters"
"""The page of what belongs to no pattern."""


@dataclass(frozen=True, kw_only=True)
class DrawnPoint:
    """A point that is drawn: only of that worker, holder and kind of channel, where they are given.

    `back` runs against the direction of the edge.
    """

    point: str
    worker: str = ""
    holder: str = ""
    channel: str = ""
    back: bool = False

    def fits(self, *, point: str, worker: str, holder: str, channel: str) -> bool:
        return (
            self.point == point
            and self.worker in ("", worker)
            and self.holder in ("", holder)
            and channel.startswith(self.channel)
        )


@dataclass(frozen=True)
class Node:
    """A part of the shop; `at` are the points that light it up, because nothing travels there."""

    id: str
    name: str
    page: str
    worker: str = ""
    consumer: str = ""
    queue: str = ""
    at: tuple[DrawnPoint, ...] = ()


@dataclass(frozen=True)
class Edge:
    """A way from one part to another."""

    id: str
    start: str
    end: str
    page: str
    runs: tuple[DrawnPoint, ...] = ()
    label: str = ""


def runs(
    points: str, *, worker: str = "", holder: str = "", channel: str = ""
) -> tuple[DrawnPoint, ...]:
    """Return a drawn point for each; one written `<point` runs back."""
    return tuple(
        DrawnPoint(
            point=point.removeprefix("<"),
            worker=worker,
            holder=holder,
            channel=channel,
            back=point.startswith("<"),
        )
        for point in points.split()
    )
