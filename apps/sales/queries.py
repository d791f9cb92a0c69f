"""Reads of the sales figures; nothing here writes."""

from datetime import date

from apps.sales.models import SalesDay


def sales_of(day: date) -> list[SalesDay]:
    """Return the day's figures, a row for each currency; empty if nothing was sold."""
    return list(SalesDay.objects.filter(day=day).order_by("currency"))


def latest_days(limit: int = 30) -> list[SalesDay]:
    return list(SalesDay.objects.all()[:limit])
