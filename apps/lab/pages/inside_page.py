"""The page *Inside the brokers*: what it shows, from the snapshot, the servers and the feed."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.lab.consumer import workbenches
from apps.lab.inside.members import LATELY, groups
from apps.lab.inside.queue_view import QueueView, queue_view
from apps.lab.inside.stream_log import StreamLog, stream_log
from apps.lab.inside.unsettled import Unsettled, unsettled
from apps.lab.models import HandDelivery, Workbench
from apps.lab.orders.snapshot import SNAPSHOT
from apps.lab.pages.page import page, wants_part
from apps.messaging.by_hand.durable_state import durable_states
from apps.messaging.events.streams import declared_consumers
from apps.messaging.worker.bounded_wait import Probe, Results, probe
from apps.orders import visitors
from apps.orders.events import ORDERS

NATS, SQS = "NATS", "SQS"


@never_cache
@require_safe
def inside(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the part that changes."""
    context = _context(visitors.known(request.session))
    if wants_part(request):
        return render(request, "lab/_inside.html", context)
    return page(request, "lab/inside.html", **context)


def _context(visitor: UUID | None) -> dict[str, Any]:
    bench = workbenches.of_visitor(visitor)
    timers = [*unsettled(), *_of(bench)]
    state = SNAPSHOT.current()
    found = _asked(state, bench)
    return {
        "log": _log(state, found, bench, timers),
        "problem": found.problems.get(NATS, ""),
        "queues": _queues(state, found, bench, timers),
        "groups": groups(),
        "lately": round(LATELY),
    }


def _asked(state: dict[str, Any], bench: Workbench | None) -> Results:
    """Ask both brokers at once for what the snapshot has not; a second is enough.

    A broker that the snapshot has just asked in vain is not asked again.
    """
    asked: dict[str, Probe[Any]] = {}
    if _stream_in(state):
        asked[NATS] = Probe(partial(durable_states, ORDERS.name, _durables(bench)))
    if bench and bench.has_queue:
        asked[SQS] = Probe(workbenches.queue_of(bench).counts)
    known = state.get("problems", {})
    answers, problems = probe(asked, within=settings.LONGEST_TIMES.probe)
    if "nats" in known:
        problems[NATS] = known["nats"]
    return Results(answers, {broker: f"{broker}: {each}" for broker, each in problems.items()})


def _durables(bench: Workbench | None) -> list[str]:
    """Return the names of the shop's durables, and of the visitor's own behind them."""
    shops = [each.durable for each in declared_consumers() if each.stream.name == ORDERS.name]
    return [*shops, str(bench)] if bench and bench.subject else shops


def _stream_in(state: dict[str, Any]) -> dict[str, Any] | None:
    """Return the stream's state in the snapshot; None as long as it is not read."""
    found = [each for each in state.get("streams", []) if each["name"] == ORDERS.name]
    return found[0] if found and "last_sequence" in found[0] else None


def _of(bench: Workbench | None) -> list[Unsettled]:
    """Return what a visitor has taken and not answered, the newest delivery of each message."""
    if bench is None:
        return []
    now = timezone.now()
    newest: dict[tuple[str, str], HandDelivery] = {}
    for row in bench.deliveries.all():
        newest.setdefault((row.kind, row.message), row)
    return [
        Unsettled(
            consumer=str(bench),
            sequence=int(row.message) if row.kind == HandDelivery.Kind.EVENT else 0,
            attempt=row.attempt,
            seconds=round((row.until - now).total_seconds()),
            is_retry=bool(row.ended),
        )
        for row in newest.values()
        if row.until > now
    ]


def _log(
    state: dict[str, Any], found: Results, bench: Workbench | None, timers: list[Unsettled]
) -> StreamLog | None:
    """Return the drawn stream; None if it or its durables are not read."""
    stream = _stream_in(state)
    if stream is None or NATS not in found.answers:
        return None
    states = found.answers[NATS]
    # The cursors are read later than the stream.
    newest = max((each.delivered for each in states.values() if each), default=0)
    return stream_log(
        ORDERS.name,
        first=stream["first_sequence"],
        last=max(stream["last_sequence"], newest),
        states=states,
        unsettled=timers,
        mine=str(bench) if bench and bench.subject else "",
    )


def _queues(
    state: dict[str, Any], found: Results, bench: Workbench | None, timers: list[Unsettled]
) -> list[QueueView]:
    jobs = [each for each in timers if not each.sequence]
    shown = [queue_view(each["name"], each, jobs) for each in state.get("queues", [])]
    if bench and bench.has_queue:
        problem = found.problems.get(SQS, "SQS has removed it")
        counts: Mapping[str, object] = found.answers.get(SQS) or {"error": problem}
        shown.append(queue_view(str(bench), counts, jobs, is_mine=True))
    return shown
