"""The sales projection: one delta for each event."""

from datetime import date

from django.db import transaction
from django.db.models import F

from apps.sales.deltas import Figures
from apps.sales.models import SalesDay


@transaction.atomic
def count(*, day: date, currency: str, delta: Figures) -> None:
    """Add the change of an event to the figures of the day."""
    row, _ = SalesDay.objects.get_or_create(day=day, currency=currency)
    SalesDay.objects.filter(pk=row.pk).update(
        **{figure: F(figure) + value for figure, value in delta.items()}
    )
