"""What went wrong in a span: an error, a retry, a dead letter; and the redrive of one."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.trace import Span, get_current_span
from opentelemetry.trace.status import StatusCode

from apps.messaging.tracing.contexts import links_to


def failed(span: Span, error: Exception) -> None:
    """Mark the span as failed by this error."""
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(StatusCode.ERROR, f"{type(error).__name__}: {error}")


def watch(point: str, messages: Sequence[Any], attributes: Mapping[str, object]) -> None:
    """Note at these hooks what becomes of a message; `hooks.watch_everywhere` calls it at each."""
    match point:
        case "consumer.failed" | "job.failed":
            _retried(str(attributes["error"]), attributes["delay"])
        case "letter.buried":
            _buried(messages[0], str(attributes["reason"]))
        case "letter.redriven":
            _redriven(messages)


def _retried(error: str, delay: Any) -> None:
    span = get_current_span()
    span.set_attribute("error.type", error.partition(":")[0])
    span.set_status(StatusCode.ERROR, error)
    span.add_event("retry", {"delay": delay})


def _buried(letter: Any, reason: str) -> None:
    span = get_current_span()
    span.set_attribute("error.type", "dead_letter")
    span.set_status(StatusCode.ERROR, reason)
    what = {
        "messaging.consumer.group.name": letter.consumer,
        "messaging.message.id": letter.message_id,
    }
    span.add_event("dead letter", what)


def _redriven(letters: Sequence[Any]) -> None:
    span = get_current_span()
    for link in links_to(letter.headers.get("traceparent", "") for letter in letters):
        span.add_link(link.context)
    span.add_event("redrive", {"messaging.batch.message_count": len(letters)})
