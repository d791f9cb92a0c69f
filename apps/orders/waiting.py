"""Orders that wait for their end, which comes within seconds unless something fails.

Alarms watch their number, and the admin lists them; no other page shows their ids.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Now

from apps.orders.models import Order


def figures() -> dict[str, float]:
    """Return how many wait, how many of them for too long, and the age of the oldest in seconds."""
    waiting = Order.objects.filter(status=Order.Status.PLACED).aggregate(
        placed=Count("placed_at"),
        late=Count("placed_at", filter=Q(placed_at__lt=Now() - _longest())),
        oldest=Min("placed_at"),
        # The clock of the database wrote these times: that of this machine may differ.
        now=Max(Now()),
    )
    age = (waiting["now"] - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    return {
        "placed": waiting["placed"],
        "late": waiting["late"],
        "oldest_age_seconds": round(max(age, 0.0), 1),
    }


def late(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return those that have waited for too long."""
    return orders.filter(status=Order.Status.PLACED, placed_at__lt=Now() - _longest())


def _longest() -> timedelta:
    return timedelta(seconds=settings.RECONCILE_AFTER)
