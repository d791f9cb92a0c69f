"""Reports what is typed as hops of the lab, so that it travels the map."""

from collections.abc import Mapping

from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage


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
