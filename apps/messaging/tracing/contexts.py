"""A `traceparent` as OpenTelemetry's context, and back.

The text is the only authority: no step takes its parent from the SDK's own current context.
"""

from collections.abc import Iterable

from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    TraceFlags,
    set_span_in_context,
)

from apps.messaging.hooks.tracing import is_valid

NO_PARENT = Context()


def parent_of(traceparent: str) -> Context:
    """Return the context of the sender's span; one without a span if the text is malformed."""
    if not is_valid(traceparent):
        return NO_PARENT
    return set_span_in_context(NonRecordingSpan(_span_context(traceparent)), NO_PARENT)


def links_to(traceparents: Iterable[str]) -> list[Link]:
    """Return a link to each context, once; malformed ones have none."""
    return [Link(_span_context(each)) for each in dict.fromkeys(traceparents) if is_valid(each)]


def traceparent_of(span: Span) -> str:
    """Return what travels with a message that this span sends. It says if the span is sampled."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _span_context(traceparent: str) -> SpanContext:
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )
