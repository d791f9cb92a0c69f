"""The drawing: spans in the order of cause and time, on the scale of their trace."""

import math
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from apps.lab.waterfall.causes import with_causes
from apps.lab.waterfall.from_mails import from_mails
from apps.lab.waterfall.from_outbox import OUTBOX, from_outbox
from apps.lab.waterfall.from_web import from_web
from apps.lab.waterfall.records import Records
from apps.lab.waterfall.span import Span, Stretch

NOT_RECORDED = "not recorded"
NONE = "none"
BEGINNING = "the beginning"
WIDTH = 1000.0
"""The drawing's units from the first moment to the last."""
LEAST = 2.0
"""Units of the shortest bar, so that it is seen."""
DEEPEST = 9


@dataclass(frozen=True, kw_only=True)
class DrawnSpan:
    """A row of the waterfall; `bars` are kind, place and width, `marks` single moments."""

    span: Span
    cause: str
    depth: int
    begins: str
    bars: tuple[tuple[str, float, float], ...]
    marks: tuple[float, ...]

    @property
    def waited(self) -> str:
        return _length(self.span.waiting)

    @property
    def worked(self) -> str:
        return _length(self.span.working)


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """All that followed from one request, on one scale; `ms` is its length.

    `title` is its first message, or empty if no row of a message is kept.
    """

    trace: str
    title: str
    ms: float
    rows: tuple[DrawnSpan, ...]

    @property
    def length(self) -> str:
        return in_ms(self.ms)


def waterfalls(records: Records) -> list[Waterfall]:
    """Return the order's waterfalls, one for each trace, the oldest first."""
    found = [*from_web(records), *from_outbox(records), *from_mails(records)]
    by_trace: dict[str, list[Span]] = {}
    for span in sorted(with_causes(found, records), key=_first):
        # Without its hops a mail has no trace: it is drawn with what began last before it.
        trace = span.trace or next(reversed(by_trace), "")
        by_trace.setdefault(trace, []).append(span)
    return [_waterfall(trace, spans) for trace, spans in by_trace.items()]


def in_ms(ms: float) -> str:
    """Return a length of time in words."""
    if ms >= 10_000:
        return f"{ms / 1000:,.1f} s"
    return f"{ms:,.0f} ms" if ms >= 10 else f"{ms:,.1f} ms"


def _waterfall(trace: str, spans: Sequence[Span]) -> Waterfall:
    """Place the spans, which are in the order of time, on their scale."""
    moments = [at for span in spans for at in span.moments]
    begin, end = min(moments, default=0.0), max(moments, default=0.0)
    names = {span.id: span.name for span in spans}
    messages = [span.name.removeprefix(OUTBOX) for span in spans if span.name.startswith(OUTBOX)]
    return Waterfall(
        trace=trace,
        title=messages[0] if messages else "",
        ms=(end - begin) * 1000,
        rows=tuple(
            _drawn(span, depth, cause=names.get(span.cause, ""), begin=begin, end=end)
            for span, depth in _in_order(spans, names)
        ),
    )


def _in_order(spans: Sequence[Span], known: Container[str]) -> Iterator[tuple[Span, int]]:
    """Yield each span behind its cause, with its depth; those without a cause are at depth 0."""
    below: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        below[span.cause if span.cause in known else ""].append(span)
    waiting = [(span, 0) for span in reversed(below[""])]
    while waiting:
        span, depth = waiting.pop()
        yield span, depth
        waiting += [(each, min(depth + 1, DEEPEST)) for each in reversed(below.pop(span.id, []))]


def _drawn(span: Span, depth: int, *, cause: str, begin: float, end: float) -> DrawnSpan:
    scale = WIDTH / (end - begin) if end > begin else 0.0
    stretches = [("waiting", span.waiting), ("working", span.working)]
    bars, marks = [], []
    for kind, stretch in stretches:
        if stretch and stretch.start is not None and stretch.end is not None:
            width = max(stretch.end - stretch.start, 0.0)
            place = round((stretch.start - begin) * scale, 1)
            bars.append((kind, place, max(round(width * scale, 1), LEAST)))
        elif stretch:
            marks += [round((at - begin) * scale, 1) for at in stretch.moments]
    return DrawnSpan(
        span=span,
        depth=depth,
        cause=cause or (BEGINNING if span.is_origin else NOT_RECORDED),
        begins=f"+{in_ms((span.moments[0] - begin) * 1000)}" if span.moments else NOT_RECORDED,
        bars=tuple(bars),
        marks=tuple(marks),
    )


def _first(span: Span) -> float:
    return span.moments[0] if span.moments else math.inf


def _length(stretch: Stretch | None) -> str:
    if stretch is None:
        return NONE
    return NOT_RECORDED if stretch.ms is None else in_ms(stretch.ms)
