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


def uncounted(day: date, sales: Sequence[SalesDay]) -> int:
    """Return how many events of the day's orders its figures lack, by the table of orders.

    They are in the outbox or in the stream, or are lost or dead letters. An order's confirmation is
    not missed if it was cancelled later.
    """
    happened = count_of_day(day, ended_before=timezone.now() - ON_ITS_WAY)
    counted = {figure: sum(getattr(row, figure) for row in sales) for figure in happened}
    return sum(max(0, count - counted[figure]) for figure, count in happened.items())
