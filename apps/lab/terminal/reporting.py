"""Reports what is typed as hops of the lab, so that it travels the map.

These are no hooks: the shop knows no terminal, and no fault strikes here.
"""

from collections.abc import Mapping

from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage

SENT, RECEIVED, SETTLED = "terminal.sent", "terminal.received", "terminal.settled"
POINTS = {
    SENT: "a line of the terminal has sent a message",
    RECEIVED: "a line of the terminal has received a message",
    SETTLED: "a line of the terminal has acknowledged or deleted a message",
}
JETSTREAM, SQS = "jetstream", "sqs"


def report(
    point: str,
    destination: str,
    body: str | bytes,
    *,
    headers: Mapping[str, str] | None = None,
    by: str = "",
) -> None:
    """Report a message at a point; `by` is `JETSTREAM` or `SQS`, or empty for core NATS."""
    shown = ShownMessage(destination=destination, consumer=by, headers=headers or {}, body=body)
    hops.report(point, [shown])
