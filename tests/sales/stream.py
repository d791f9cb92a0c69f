"""The events of the stream, as the outbox recorded them: counted live, and replayed."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.handling.verdicts import Verdict
from apps.messaging.models import OutboxMessage
from apps.messaging.recovery.replay import Replayed
from apps.sales.deltas import FIGURES
from apps.sales.handlers import CONSUMER
from apps.sales.models import SalesDay


def today() -> date:
    """Return the day of what happens now; midnight may have passed since the tests began."""
    return timezone.now().date()


def deliveries(after: int = 0) -> list[Delivery]:
    return [
        Delivery(
            consumer=CONSUMER.durable,
            subject=row.destination,
            headers=json.loads(row.headers),
            body=row.body.encode(),
            stream="ORDERS",
            sequence=row.pk,
            attempt=1,
        )
        for row in OutboxMessage.objects.filter(id__gt=after).order_by("id")
    ]


def count_live(*chosen: Delivery) -> list[Verdict]:
    """Give the live consumer these deliveries, or all."""
    return [deliver(CONSUMER, each) for each in chosen or deliveries()]


class StoredStream:
    """Reads as `Replay` does, at the time that a test chooses."""

    def __init__(self, *, gapless_after: datetime | None = None, after: int = 0) -> None:
        self.gapless_after = gapless_after
        self.place = after

    def read(self) -> Iterator[list[Replayed]]:
        if found := deliveries(after=self.place):
            self.place = found[-1].sequence
            understood = (each.read(CONSUMER) for each in found)
            yield [Replayed(envelope=envelope, event=event) for envelope, event in understood]


def figures() -> dict[str, dict[str, Any]]:
    """Return the live figures that are not 0, by day."""
    return {
        str(row.day): {name: getattr(row, name) for name in FIGURES if getattr(row, name)}
        for row in SalesDay.objects.order_by("day")
    }
