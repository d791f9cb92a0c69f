"""The beginning: the request in `web`, and the price look-ups in it, which only hops know."""

from collections.abc import Iterator

from apps.lab.feed.feed import HopDict
from apps.lab.waterfall.records import RECORDED, WEB, Records, time_of, trace_of_row
from apps.lab.waterfall.span import Span, Stretch

ASKED, ANSWERED = "request.sent", "request.answered"
OF_A_REQUEST = (ASKED, ANSWERED, RECORDED)
SAYS = (
    "When the HTTP request began and ended is not recorded: this is the time between its first and "
    "its last message. An order of the load, or a cancellation by it, has no HTTP request."
)


def from_web(records: Records) -> Iterator[Span]:
    """Yield the requests that recorded an event of the order, each with its look-ups."""
    for trace in dict.fromkeys(trace_of_row(row) for row in records.rows):
        own = [hop for hop in records.hops if hop["trace"] == trace and _is_of_web(hop)]
        if any(hop["point"] == RECORDED for hop in own):
            yield _request(trace, own)
            yield from _look_ups(trace, own, records)


def origin_of(trace: str) -> str:
    """Return the id of the request's span."""
    return f"request {trace}"


def _is_of_web(hop: HopDict) -> bool:
    return hop["worker"] == WEB and hop["point"] in OF_A_REQUEST


def _request(trace: str, own: list[HopDict]) -> Span:
    return Span(
        id=origin_of(trace),
        name="HTTP request",
        trace=trace,
        worker=WEB,
        pid=own[0]["pid"],
        is_origin=True,
        working=Stretch(start=own[0]["at"], end=own[-1]["at"]),
        says=SAYS,
    )


def _look_ups(trace: str, own: list[HopDict], records: Records) -> Iterator[Span]:
    asked = [hop for hop in own if hop["point"] == ASKED]
    answered = [hop for hop in own if hop["point"] == ANSWERED]
    received = [
        hop for hop in records.hops if hop["point"] == "request.received" and hop["trace"] == trace
    ]
    for number, hop in enumerate(asked):
        # Questions have no id: without gaps, the n-th answer belongs to the n-th question.
        taken = received[number] if len(received) == len(asked) else None
        answer = answered[number] if len(answered) == len(asked) else None
        yield Span(
            id=f"look-up {trace} {number}",
            name=f"Price look-up: {hop['destination']}",
            trace=trace,
            worker=taken["worker"] if taken else "",
            cause=origin_of(trace),
            waiting=Stretch(start=hop["at"], end=time_of(taken)),
            working=Stretch(start=time_of(taken), end=time_of(answer)),
            says="It waits until another process has the question, and works until web has the "
            "answer: the way back is part of it.",
        )
