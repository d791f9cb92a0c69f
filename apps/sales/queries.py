"""Reads of the sales figures; nothing here writes."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

from apps.orders.queries import count_of_day
from apps.sales.models import SalesDay

ON_ITS_WAY = timedelta(minutes=5)
"""An order that ended so lately may be counted or not: its event is probably being handled."""


def sales_of(day: date) -> list[SalesDay]:
    """Return the day's figures, a row for each currency; empty if nothing was sold."""
    return list(SalesDay.objects.filter(day=day).order_by("currency"))


def latest_days(limit: int = 30) -> list[SalesDay]:
    return list(SalesDay.objects.all()[:limit])


def last_days(count: int) -> list[list[SalesDay]]:
    """Return the last days up to today, the oldest first, a list for each currency.

    A day without sales has zeros; there is no list if none of the days has sales.
    """
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    days = [today - timedelta(days=back) for back in reversed(range(count))]
    rows = list(SalesDay.objects.filter(day__gte=days[0], day__lte=today))
    known = {(row.day, row.currency): row for row in rows}
    return [
        [known.get((day, currency)) or SalesDay(day=day, currency=currency) for day in days]
        for currency in sorted({row.currency for row in rows})
    ]


def uncounted(day: date, sales: Sequence[SalesDay]) -> int:
    """Return how many events of the day's orders its figures lack, by the table of orders.

    They are in the outbox or in the stream, or are lost or dead letters. An order's confirmation is
    not missed if it was cancelled later.
    """
    happened = count_of_day(day, ended_before=timezone.now() - ON_ITS_WAY)
    counted = {figure: sum(getattr(row, figure) for row in sales) for figure in happened}
    return sum(max(0, count - counted[figure]) for figure, count in happened.items())
