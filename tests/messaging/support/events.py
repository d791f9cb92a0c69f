"""An event of the tests' own, so that messaging is tested without the shop."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from pytest_django.fixtures import Settings

from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import Consumer, Stream
from apps.messaging.message import Envelope, Event, Job


class TeaBrewed(Event):
    subject: ClassVar[str] = "teas.brewed"
    cups: int


class WashCup(Job):
    queue: ClassVar[str] = "cups"
    cup: int


TEAS = Stream(name="TEAS", subjects=("teas.>",), max_bytes=10 * 1024**2)


def make_consumer(handler: Any, **options: Any) -> Consumer:
    return Consumer(durable="drinker", stream=TEAS, handlers={TeaBrewed: handler}, **options)


def declare_teas(settings: Settings, *, consumer: str) -> None:
    """Let `TEAS` be all that is declared, with the consumer of this dotted name, and no queue."""
    settings.MESSAGING_STREAMS = [f"{__name__}.TEAS"]
    settings.MESSAGING_CONSUMERS = [consumer]
    settings.MESSAGING_QUEUES = []


def make_headers(**changes: Any) -> dict[str, str]:
    fields: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "type": TeaBrewed.ce_type(),
        "time": datetime.now(UTC),
        "key": "pot-1",
    }
    return Envelope(**(fields | changes)).to_headers()


def make_delivery(**changes: Any) -> Delivery:
    fields: dict[str, Any] = {
        "consumer": "drinker",
        "subject": TeaBrewed.subject,
        "headers": make_headers(),
        "body": json.dumps({"cups": 3}).encode(),
        "stream": TEAS.name,
        "sequence": 7,
        "attempt": 1,
    }
    return Delivery(**(fields | changes))
