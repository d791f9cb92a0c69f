"""The page *Inside the brokers*: what it shows, from the snapshot, the servers and the feed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

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
from apps.messaging.errors import MessagingError
from apps.messaging.events.durable_state import durable_states
from apps.messaging.events.streams import declared_consumers
from apps.orders import visitors
from apps.orders.events import ORDERS


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
    log, problem = None, ""
    try:
        log = _log(state, bench, timers)
    except MessagingError as error:
        problem = str(error)
    return {
        "log": log,
        "problem": problem,
        "queues": _queues(state, bench, timers),
        "groups": groups(),
        "lately": round(LATELY),
    }


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
    state: dict[str, Any], bench: Workbench | None, timers: list[Unsettled]
) -> StreamLog | None:
    """Return the drawn stream; None as long as its state is not read. Raises `BrokerAway`."""
    found = [each for each in state.get("streams", []) if each["name"] == ORDERS.name]
    if not found or "last_sequence" not in found[0]:
        return None
    durables = [each.durable for each in declared_consumers() if each.stream.name == ORDERS.name]
    mine = str(bench) if bench and bench.subject else ""
    states = durable_states(ORDERS.name, [*durables, *filter(None, [mine])])
    # The cursors are read later than the stream.
    newest = max((each.delivered for each in states.values() if each), default=0)
    return stream_log(
        ORDERS.name,
        first=found[0]["first_sequence"],
        last=max(found[0]["last_sequence"], newest),
        states=states,
        unsettled=timers,
        mine=mine,
    )


def _queues(
    state: dict[str, Any], bench: Workbench | None, timers: list[Unsettled]
) -> list[QueueView]:
    jobs = [each for each in timers if not each.sequence]
    shown = [queue_view(each["name"], each, jobs) for each in state.get("queues", [])]
    if bench and bench.has_queue:
        counts: Mapping[str, object]
        try:
            counts = workbenches.queue_of(bench).counts() or {"error": "SQS has removed it"}
        except MessagingError as error:
            counts = {"error": str(error)}
        shown.append(queue_view(str(bench), counts, jobs, is_mine=True))
    return shown
