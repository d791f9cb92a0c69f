"""The elements of the map: parts of the shop, the lines between them, and moving messages."""

from dataclasses import dataclass, field

LETTERS = "dead-letters"
"""The page of the parts that belong to no pattern."""


@dataclass(frozen=True, kw_only=True)
class DrawnPoint:
    """A hook that is drawn, only for this worker, consumer and destination if they are given.

    `destination` is a prefix of a subject or queue.

    `back` moves against the direction of the edge.
    """

    point: str
    worker: str = ""
    consumer: str = ""
    destination: str = ""
    back: bool = False

    def fits(self, *, point: str, worker: str, consumer: str, destination: str) -> bool:
        return (
            self.point == point
            and self.worker in ("", worker)
            and self.consumer in ("", consumer)
            and destination.startswith(self.destination)
        )


@dataclass(frozen=True)
class Node:
    """A part of the shop; it lights up at the hooks `at`, where no message moves on a line."""

    id: str
    name: str
    page: str
    worker: str = ""
    consumer: str = ""
    queue: str = ""
    stream: str = ""
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


@dataclass(kw_only=True)
class Row:
    """A row below the drawing: role → part or line, for `free_space.FreeSpace`."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


def runs(
    points: str, *, worker: str = "", consumer: str = "", destination: str = ""
) -> tuple[DrawnPoint, ...]:
    """Return a drawn point for each; one written `<point` runs back."""
    return tuple(
        DrawnPoint(
            point=point.removeprefix("<"),
            worker=worker,
            consumer=consumer,
            destination=destination,
            back=point.startswith("<"),
        )
        for point in points.split()
    )


def title(name: str) -> str:
    """Return the name of a process or a durable in words."""
    return name.replace("_", " ")
