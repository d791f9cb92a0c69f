"""Failed attempts at an event: each is recorded, and counted anew after a redrive.

The count is by what happened here and not by deliveries: a worker that dies takes along the
deliveries of all that it had fetched, whose fault it was not.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet

from apps.messaging.dead_letters import storable
from apps.messaging.models import DeadLetter, FailedDelivery

WORKER_DIED = "the worker died while it had this message in hand"


def record(*, consumer: str, message_id: str, error: Exception) -> None:
    FailedDelivery.objects.create(
        consumer=consumer,
        message_id=message_id,
        error=storable(f"{type(error).__name__}: {error}"),
        traceback=storable("".join(traceback.format_exception(error))),
    )


def failed(*, consumer: str, message_id: str) -> QuerySet[FailedDelivery]:
    """Return every failed attempt at a message, the first one first."""
    return FailedDelivery.objects.filter(consumer=consumer, message_id=message_id).order_by("id")


def count(*, consumer: str, message_id: str) -> int:
    """Return how many have failed, since the last redrive where there was one."""
    ours = {"consumer": consumer, "message_id": message_id}
    counted = failed(**ours)
    redriven_at = DeadLetter.objects.filter(**ours).values_list("redriven_at", flat=True).first()
    if redriven_at:
        counted = counted.filter(failed_at__gt=redriven_at)
    return counted.count()


@contextmanager
def witnessed(*, consumer: str, message_id: str) -> Iterator[None]:
    """Leave a record behind where the process dies inside; one that ends, however, leaves none."""
    witness = FailedDelivery.objects.create(
        consumer=consumer, message_id=message_id, error=WORKER_DIED, traceback=""
    )
    try:
        yield
    finally:
        witness.delete()
