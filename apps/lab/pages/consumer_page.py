"""What the page *Be the consumer* shows: deliveries with their answers, and the brokers' view."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone

from apps.lab.consumer import events, jobs, workbenches
from apps.lab.models import HandDelivery, Workbench
from apps.messaging.by_hand.durable_state import DurableState
from apps.messaging.message import readable
from apps.messaging.worker.bounded_wait import Probe, probe
from apps.orders.events import ORDERS, OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected

NATS, SQS = "NATS", "SQS"
ALL = ORDERS.subjects[0]
FILTERS = [
    ALL,
    *sorted(each.subject for each in (OrderCancelled, OrderConfirmed, OrderPlaced, OrderRejected)),
]
STARTS = {"new": "events from now on", "all": "the whole stream, from its beginning"}
ANSWERS = {
    HandDelivery.Kind.EVENT: (
        (events.ACK, "Ack"),
        (events.NAK, "Nak"),
        (events.LATER, f"Nak, {events.LATER_BY.seconds} s later"),
        (events.PROGRESS, "In progress"),
        (events.TERM, "Term"),
    ),
    HandDelivery.Kind.JOB: (
        (jobs.DELETE, "Delete"),
        (jobs.EXTEND, f"Hide for {workbenches.VISIBILITY.seconds} s"),
        (jobs.SHOW, "Show it now"),
    ),
}
ENDED = {
    events.ACK: "acknowledged",
    events.NAK: "given back",
    events.LATER: "given back for later",
    events.TERM: "terminated",
    jobs.DELETE: "deleted",
    jobs.SHOW: "shown again",
}


class DurableForm(forms.Form):
    """The form of a durable: its filter and where it begins."""

    subject = forms.ChoiceField(choices=[(each, each) for each in FILTERS])
    start = forms.ChoiceField(choices=list(STARTS.items()))


@dataclass(frozen=True, kw_only=True)
class ShownDelivery:
    """A delivery with its newest successor, if the message was delivered again since."""

    row: HandDelivery
    newer: HandDelivery | None
    now: datetime

    @property
    def seconds_left(self) -> int:
        return max(0, round((self.row.until - self.now).total_seconds()))

    @property
    def state(self) -> str:
        """Return `ended`, `old`, `over` or `open`; the template has the words of each."""
        if self.row.ended:
            return "ended"
        if self.newer:
            return "old"
        return "open" if self.row.until > self.now else "over"

    @property
    def ended(self) -> str:
        return ENDED.get(self.row.ended, "")

    @property
    def is_waited_for(self) -> bool:
        """Return whether its time still runs, until which the page need not be shown again."""
        has_time = self.state == "open" or self.row.ended == events.LATER
        return has_time and self.row.until > self.now

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        kind = HandDelivery.Kind(self.row.kind)
        if kind == HandDelivery.Kind.JOB:
            possible = jobs.calls_after(self.row.ended)
            return tuple((how, text) for how, text in ANSWERS[kind] if how in possible)
        return () if self.row.ended else ANSWERS[kind]

    @property
    def headers(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in sorted(self.row.headers.items()))

    @property
    def body(self) -> str:
        return readable(self.row.body)


@dataclass(frozen=True, kw_only=True)
class BrokersView:
    """What both brokers know of a workbench now; `problems` if one does not answer."""

    durable: DurableState | None = None
    queue: dict[str, int] | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line of the visitor's log."""

    at: datetime
    text: str
    went_well: bool


def context(visitor: UUID | None) -> dict[str, Any]:
    """Return what the page shows to this visitor."""
    bench = workbenches.of_visitor(visitor)
    shown = [*_deliveries(bench)] if bench else []
    left = [each.seconds_left for each in shown if each.is_waited_for]
    return {
        "bench": bench,
        "events": [each for each in shown if each.row.kind == HandDelivery.Kind.EVENT],
        "jobs": [each for each in shown if each.row.kind == HandDelivery.Kind.JOB],
        "log": [*_log(bench)] if bench else [],
        "known": brokers_view(bench),
        "refresh_in": min(left) + 1 if left else None,
        "filters": FILTERS,
        "starts": STARTS.items(),
        "ack_wait": workbenches.ACK_WAIT.seconds,
        "visibility": workbenches.VISIBILITY.seconds,
        "most": len(workbenches.NUMBERS),
        "unused_minutes": workbenches.UNUSED_FOR.seconds // 60,
    }


def brokers_view(bench: Workbench | None) -> BrokersView:
    """Ask both brokers at once, if the workbench has something there; a second is enough."""
    asked: dict[str, Probe[Any]] = {}
    if bench and bench.subject:
        asked[NATS] = Probe(workbenches.durable_of(bench).state)
    if bench and bench.has_queue:
        asked[SQS] = Probe(workbenches.queue_of(bench).counts)
    found = probe(asked, within=settings.LONGEST_TIMES.probe)
    return BrokersView(
        durable=found.answers.get(NATS),
        queue=found.answers.get(SQS),
        problems=tuple(f"{broker}: {problem}" for broker, problem in found.problems.items()),
    )


def _deliveries(bench: Workbench) -> Iterator[ShownDelivery]:
    """Yield them, the newest first, so that each knows the newest of its message."""
    now = timezone.now()
    newest: dict[tuple[str, str], HandDelivery] = {}
    for row in bench.deliveries.all():
        newer = newest.get((row.kind, row.message))
        newest.setdefault((row.kind, row.message), row)
        yield ShownDelivery(row=row, newer=newer, now=now)


def _log(bench: Workbench) -> Iterator[LogLine]:
    for at, text, went_well in reversed(bench.log):
        yield LogLine(at=datetime.fromisoformat(at), text=text, went_well=went_well)
