"""Switches faults on and off, and sets the load; a change is announced after the commit."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.lab.faults.changes import announce_change
from apps.lab.models import Fault, Load
from apps.messaging.hooks import faults
from apps.messaging.hooks.points import check_point

LONGEST = timedelta(minutes=10)
LONGEST_DELAY_SECONDS = 30.0
MOST_ORDERS = 50
"""A second."""
MOST_OF_ONE_LOAD = 6000
"""Orders: at the highest rate a load lasts for two minutes."""


@transaction.atomic
def switch_on(
    *,
    point: str,
    action: str,
    rate: float = 1.0,
    seconds: float = 1.0,
    lasts: timedelta = timedelta(minutes=1),
    consumer: str = "",
    trace: str = "",
    first: int | None = None,
) -> Fault:
    """Switch a fault on; it replaces one with the same point, consumer and trace.

    `rate` is the part of the messages, 0 to 1; `seconds` a delay of up to 30; `first` how many
    deliveries of a message it breaks, None for all; it `lasts` ten minutes at most. Raises
    `ImproperlyConfigured` if there is no such point, or the action is not possible there.
    """
    faults.check_action(point, action)
    fault, _ = Fault.objects.update_or_create(
        point=point,
        consumer=consumer,
        trace=trace,
        defaults={
            "action": action,
            "rate": min(max(rate, 0.0), 1.0),
            "seconds": min(max(seconds, 0.0), LONGEST_DELAY_SECONDS),
            "first": first,
            "set_at": timezone.now(),
            "until": timezone.now() + min(lasts, LONGEST),
        },
    )
    transaction.on_commit(announce_change)
    return fault


@transaction.atomic
def switch_off(*, point: str = "", consumer: str | None = None, trace: str | None = None) -> int:
    """Switch off the faults of a point, a consumer, a trace, or all; return how many."""
    asked: dict[str, str] = {}
    if point:
        check_point(point)
        asked["point"] = point
    if consumer is not None:
        asked["consumer"] = consumer
    if trace is not None:
        asked["trace"] = trace
    count, _ = Fault.objects.filter(**asked).delete()
    transaction.on_commit(announce_change)
    return count


@transaction.atomic
def set_load(*, rate: int, lasts: timedelta = LONGEST) -> None:
    """Have `rate` orders a second placed, 0 to 50, for ten minutes and 6,000 orders at most.

    It replaces a load that is on: there is one for all windows.
    """
    rate = min(max(rate, 0), MOST_ORDERS)
    longest = min(LONGEST, timedelta(seconds=MOST_OF_ONE_LOAD / max(rate, 1)))
    Load.objects.update_or_create(
        pk=1,
        defaults={
            "rate": rate,
            "until": timezone.now() + min(lasts, longest),
        },
    )
