"""A message's way: the steps of the pattern, filled with the hops of the message's trace."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.lab.feed.feed import FEED, HopDict
from apps.lab.patterns.deadlines import Deadline, deadline_of
from apps.lab.patterns.pattern import Sending, WayStep
from apps.lab.patterns.source import Code, code_of
from apps.messaging.hooks.tracing import is_sampled
from apps.messaging.message import readable
from apps.messaging.operations.trace_viewer import page_of

MOST = 12
"""Hops that one step shows; the newest, if a message is delivered again and again."""
TROUBLES = {"consumer.failed", "job.failed", "letter.buried", "letter.redriven"}
IN_WORDS = {
    "sequence": "sequence in the stream",
    "delay": "seconds until the next try",
    "receipt_handle": "receipt handle",
    "letter": "dead letter",
    "fault": "broken on purpose",
    "by_hand": "taken by a visitor",
    "reply_to": "reply subject",
}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A hop at a step, `after` milliseconds since the first."""

    hop: HopDict
    after: float
    deadline: Deadline | None

    @property
    def since(self) -> str:
        return f"+{self.after:,.0f} ms" if self.after < 10_000 else f"+{self.after / 1000:,.1f} s"

    @property
    def body(self) -> str:
        return readable(str(self.hop["body"]))

    @property
    def headers(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in sorted(self.hop["headers"].items()))

    @property
    def attributes(self) -> list[tuple[str, object]]:
        known = {name: value for name, value in self.hop["attributes"].items() if value is not None}
        return [(IN_WORDS.get(name, name), value) for name, value in known.items()]

    @property
    def fault(self) -> str:
        return str(self.hop["attributes"].get("fault") or "")

    @property
    def reply_to(self) -> str:
        """Return the inbox for which the answer is, if it is a question or an answer."""
        return str(self.hop["attributes"].get("reply_to") or "")

    @property
    def is_trouble(self) -> bool:
        is_repeat = self.hop["attempt"] > 1
        return bool(self.fault or self.deadline or is_repeat or self.hop["point"] in TROUBLES)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A step of the way, and its hops."""

    step: WayStep
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def shown(self) -> list[Arrival]:
        return self.arrivals[-MOST:]

    @property
    def codes(self) -> list[Code]:
        return [code_of(thing) for thing in self.step.linked]

    @property
    def hidden(self) -> int:
        return len(self.arrivals) - len(self.shown)


@dataclass(frozen=True, kw_only=True)
class Way:
    """All steps in order, and the other hops: first failures, then the rest."""

    trace: str
    is_kept: bool
    """Whether it is sampled: a viewer has no other."""
    stops: list[Stop]
    troubles: list[Arrival]
    others: list[Arrival]

    @property
    def has_begun(self) -> bool:
        return bool(self.others or self.troubles) or any(stop.arrivals for stop in self.stops)

    @property
    def viewer(self) -> str:
        """Return the address of the trace in the viewer, if it is there."""
        return page_of(self.trace) if self.is_kept else ""

    @property
    def reached(self) -> int:
        return sum(bool(stop.arrivals) for stop in self.stops)


def way_of(sending: Sending, trace: str) -> Way:
    """Return the way of a trace; without a hop in the feed, all steps are still to come."""
    hops = sorted(FEED.of_trace(trace), key=lambda hop: hop["at"])
    stops = [Stop(step=step) for step in sending.way]
    troubles: list[Arrival] = []
    others: list[Arrival] = []
    for arrival in _arrivals(hops):
        stop = next((stop for stop in stops if stop.step.is_at(arrival.hop)), None)
        elsewhere = troubles if arrival.is_trouble else others
        (stop.arrivals if stop else elsewhere).append(arrival)
    is_kept = all(is_sampled(hop["headers"].get("traceparent", "")) for hop in hops)
    return Way(trace=trace, is_kept=is_kept, stops=stops, troubles=troubles, others=others)


def key_of(trace: str) -> str:
    """Return the key of the trace's messages, such as an order's id, or an empty text."""
    return next((hop["key"] for hop in FEED.of_trace(trace) if hop["key"]), "")


def _arrivals(hops: Sequence[HopDict]) -> list[Arrival]:
    now = time.time()
    return [
        Arrival(
            hop=hop,
            after=(hop["at"] - hops[0]["at"]) * 1000,
            deadline=deadline_of(hop, hops, now=now),
        )
        for hop in hops
    ]
