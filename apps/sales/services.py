"""The sales projection: one delta for each event."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F

from apps.orders.events import OrderEvent
from apps.orders.queries import orders_of
from apps.sales.deltas import Figures, delta_of, nothing
from apps.sales.models import SalesDay


@transaction.atomic(savepoint=False)
def count(events: Sequence[OrderEvent]) -> None:
    """Add the changes of these events to the figures of the days on which their orders were placed.

    Raises `OrderNotFound`, and `EventContradictsOrder` if an order is not as its event says.
    """
    orders = orders_of(events)
    sums: dict[tuple[date, str], Figures] = defaultdict(nothing)
    for event in events:
        figures = sums[orders[event.id].day_placed, event.currency]
        for figure, change in delta_of(event).items():
            figures[figure] += change
    # In a fixed order, so that two processes cannot deadlock.
    for day, currency in sorted(sums):
        row, _ = SalesDay.objects.get_or_create(day=day, currency=currency)
        changes = {figure: F(figure) + change for figure, change in sums[day, currency].items()}
        SalesDay.objects.filter(pk=row.pk).update(**changes)
