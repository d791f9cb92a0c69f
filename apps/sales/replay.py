"""Replay of the sales: rebuilds the figures from the stream, compares them, and swaps them in.

The live figures are the sum of the events that the inbox of `sales` knows. A day is compared only
if the replay read every event that the live figures contain. Before swapping, events that only the
replay has seen are entered in the inbox.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.messaging.events import inbox
from apps.messaging.operations.pruning import inbox_kept
from apps.messaging.recovery.replay import Replay
from apps.orders.queries import orders_alone
from apps.sales.deltas import FIGURES, nothing
from apps.sales.handlers import CONSUMER
from apps.sales.models import SalesDay
from apps.sales.rebuilt import Rebuilt

ROUNDS = 6
"""At most this many times it reads the new events; from half of them on it leaves busy days out."""
SKEW = timedelta(minutes=5)
"""Longer than clocks may differ, and than the handling of an event may take."""


class CountedMeanwhile(Exception):
    """The live figures of these days contain events that the replay has not read."""

    def __init__(self, days: set[date]) -> None:
        super().__init__(", ".join(map(str, sorted(days))))
        self.days = days


@dataclass(frozen=True, kw_only=True)
class Difference:
    day: date
    currency: str
    figure: str
    live: Decimal
    replayed: Decimal


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The result for whole days; `uncounted` events were not yet in the live figures."""

    days: list[date]
    cut_off: list[date]
    busy: list[date]
    differences: list[Difference]
    uncounted: int


def compare(
    replay: Replay,
    rebuilt: Rebuilt,
    *,
    apply: bool,
    on_read: Callable[[], object] = lambda: None,
) -> Comparison:
    """Read the stream to its end and compare; with `apply` replace the days that were compared.

    `on_read` is called after each batch. Raises `CountedMeanwhile` if new events are counted all
    the time, and `BrokerAway`.
    """
    busy: set[date] = set()
    for attempt in range(1, ROUNDS + 1):
        for batch in replay.read():
            rebuilt.add(batch)
            on_read()
        whole = _whole_days(replay, rebuilt)
        try:
            differences, uncounted = _settle(rebuilt, whole - busy, apply=apply)
        except CountedMeanwhile as meanwhile:
            if attempt == ROUNDS:
                raise
            if attempt >= ROUNDS // 2:
                busy |= meanwhile.days
        else:
            break
    return Comparison(
        days=sorted(whole - busy),
        cut_off=sorted(rebuilt.days() - whole),
        busy=sorted(busy),
        differences=differences,
        uncounted=uncounted,
    )


def _whole_days(replay: Replay, rebuilt: Rebuilt) -> set[date]:
    """Return the days whose events are all in the range and in the inbox."""
    if not rebuilt.rows:
        return set()
    first = min(rebuilt.days())
    if replay.gapless_after is not None:
        first = max(first, _first_midnight(replay.gapless_after))
    first = max(first, _first_midnight(timezone.now() - inbox_kept()))
    live = SalesDay.objects.filter(day__gte=first).values_list("day", flat=True)
    return {day for day in rebuilt.days() | set(live) if day >= first}


def _first_midnight(after: datetime) -> date:
    day = timezone.localdate(after, timezone.get_default_timezone())
    return day if after == _midnight(day) else day + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_default_timezone())


@transaction.atomic
def _settle(rebuilt: Rebuilt, days: set[date], *, apply: bool) -> tuple[list[Difference], int]:
    """Compare, and replace the days if `apply`, while the live consumer cannot count an event."""
    if not days:
        return [], 0
    looked_at = timezone.now()
    known = inbox.handled_since(_midnight(min(days)) - SKEW, consumer=CONSUMER.durable)
    missing = {
        id: key for id, (key, day) in rebuilt.counted.items() if day in days and id not in known
    }
    if apply:
        # The inbox before the figures: the consumer takes its locks in the same sequence.
        inbox.mark_handled(missing, consumer=CONSUMER.durable)
    _stop_counting()
    known |= inbox.handled_since(looked_at - SKEW, consumer=CONSUMER.durable)
    _require_all_read(rebuilt, days, known)
    differences = _differences(rebuilt, days)
    if apply:
        _swap(rebuilt, days)
    return differences, len(missing)


def _stop_counting() -> None:
    """Block other writes until the transaction ends; on SQLite they are blocked anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {SalesDay._meta.db_table} IN ACCESS EXCLUSIVE MODE")


def _require_all_read(rebuilt: Rebuilt, days: set[date], known: Mapping[str, str]) -> None:
    read = rebuilt.counted.keys() | rebuilt.foreign
    keys = {key for id, key in known.items() if id not in read}
    touched = days & {order.day_placed for order in orders_alone(_order_ids(keys)).values()}
    if touched:
        raise CountedMeanwhile(touched)


def _order_ids(keys: Collection[str]) -> list[UUID]:
    ids = []
    for key in keys:
        with suppress(ValueError):  # a foreign event, without the order's key
            ids.append(UUID(key))
    return ids


def _differences(rebuilt: Rebuilt, days: Collection[date]) -> list[Difference]:
    live = {
        (row.day, row.currency): {name: Decimal(getattr(row, name)) for name in FIGURES}
        for row in SalesDay.objects.filter(day__in=days)
    }
    found: list[Difference] = []
    for place in sorted(live.keys() | {place for place in rebuilt.rows if place[0] in days}):
        day, currency = place
        was, now = live.get(place, nothing()), rebuilt.rows.get(place, nothing())
        found += [
            Difference(day=day, currency=currency, figure=name, live=was[name], replayed=now[name])
            for name in FIGURES
            if was[name] != now[name]
        ]
    return found


def _swap(rebuilt: Rebuilt, days: Collection[date]) -> None:
    SalesDay.objects.filter(day__in=days).delete()
    SalesDay.objects.bulk_create(
        SalesDay(day=day, currency=currency, **figures)
        for (day, currency), figures in rebuilt.rows.items()
        if day in days
    )
