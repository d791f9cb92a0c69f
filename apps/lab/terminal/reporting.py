"""Reports what is typed as hops of the lab, so that it travels the map."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage

_lines = count(1)


@dataclass(frozen=True)
class Joined:
    """A line that is a member of a queue group, numbered in this process."""

    group: str
    line: int = field(default_factory=lambda: next(_lines))


def report(
    point: str,
    destination: str,
    body: str | bytes,
    *,
    headers: Mapping[str, str] | None = None,
    by: str = "",
    joined: Joined | None = None,
) -> None:
    """Report a message at a point; `by` is `JETSTREAM` or `SQS`, or empty for core NATS.

    `joined` is the line that has received it as a member of a group.
    """
    shown = ShownMessage(
        destination=destination,
        consumer=by,
        headers=headers or {},
        body=body,
        attributes={"group": joined.group, "line": joined.line} if joined else {},
    )
    hops.report(point, [shown])
