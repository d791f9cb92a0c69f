"""Where Celery's messages end that are no task of ours: dead letters, as on all transports.

Celery alone drops some of them, and is given others again until the queue's redrive policy
moves them away.
"""

import logging
from collections.abc import Mapping
from typing import Any

from celery.worker.consumer import Consumer
from kombu import Message

from apps.messaging.handling import dead_letters
from apps.messaging.message import REDRIVE_OF, deduplication_id
from apps.messaging.models import DeadLetter
from orders_site.celery.database_outage import written

logger = logging.getLogger(__name__)

QUEUE = "celery"


class DeadLetteringConsumer(Consumer):
    """Gives a dead letter to each of the four ways in which a message is no task of ours."""

    def on_unknown_message(self, body: Any, message: Message) -> None:
        self._bury(message, "no task: this is no message that Celery has written")

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        self._bury(message, f"no task of ours: {message.headers['task']}")

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        self._bury(message, f"no valid task: {exc}")

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        self._bury(message, f"unreadable: {exc}")

    def _bury(self, message: Message, reason: str) -> None:
        received: Mapping[str, Any] = message.delivery_info["sqs_message"]
        headers: Mapping[str, Any] = message.headers or {}
        bury(
            message_id=headers.get("id") or _redriven_id(received) or received["MessageId"],
            reason=reason,
            body=received["Body"],
            headers={str(name): str(value) for name, value in headers.items() if value is not None},
        )
        # An ack deletes it.
        message.ack_log_error(logger, self.connection_errors)  # type: ignore[attr-defined]


def _redriven_id(received: Mapping[str, Any]) -> str:
    """Return the id of the dead letter that this message was before, if it was one."""
    attribute = received.get("MessageAttributes", {}).get(REDRIVE_OF, {})
    return deduplication_id({REDRIVE_OF: attribute.get("StringValue", "")})


def bury(**letter: Any) -> None:
    """Keep it; without its letter no message may be deleted."""
    written(
        lambda: dead_letters.bury(
            transport=DeadLetter.Transport.CELERY, consumer=QUEUE, destination=QUEUE, **letter
        )
    )
