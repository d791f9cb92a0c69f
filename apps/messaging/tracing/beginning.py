"""Turns tracing on in this process."""

from apps.messaging import hooks
from apps.messaging.hooks.steps import record_spans
from apps.messaging.tracing.failures import watch
from apps.messaging.tracing.recorder import SpanRecorder


def begin() -> None:
    """Make spans of all steps from now on; the first one connects to the receiver."""
    record_spans(SpanRecorder())
    hooks.watch_everywhere(watch)


def end() -> None:
    """Make no more spans."""
    record_spans(None)
    hooks.watch_no_more(watch)
