"""The spans of a test, kept in memory, as a tree."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler

from apps.messaging.tracing import beginning, sdk

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALLER = f"00-{TRACE}-{SPAN}-01"
NOT_SAMPLED = f"00-{TRACE}-{SPAN}-00"


class Spans:
    """All that ended so far."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self._exporter = exporter

    def all(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.all() if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        (span,) = self.named(name)
        return span

    def tree(self) -> list[tuple[str, str, str]]:
        """Return (parent, kind, name) of each span; the parent of a root is empty."""
        names = {id_of(span): span.name for span in self.all()}
        return sorted(
            (names.get(parent_of(span), ""), span.kind.name, span.name) for span in self.all()
        )


def id_of(span: ReadableSpan) -> str:
    assert span.context
    return f"{span.context.span_id:016x}"


def trace_of(span: ReadableSpan) -> str:
    assert span.context
    return f"{span.context.trace_id:032x}"


def parent_of(span: ReadableSpan) -> str:
    return f"{span.parent.span_id:016x}" if span.parent else ""


def linked(span: ReadableSpan) -> list[str]:
    """Return the ids of the spans that it links to."""
    return [f"{link.context.span_id:016x}" for link in span.links]


@contextmanager
def kept_spans(sampler: Sampler = DEFAULT_ON) -> Iterator[Spans]:
    """Keep the spans that this process makes in the block, in all of its threads."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(sampler=sampler)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    sdk.use(provider)
    beginning.begin()
    try:
        yield Spans(exporter)
    finally:
        beginning.end()
        sdk.use(None)
        provider.shutdown()
