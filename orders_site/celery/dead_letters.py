"""Messages on Celery's queue that are no task become dead letters, as on all transports.

Celery by itself drops some of them. It receives the others again and again, until the queue's
redrive policy moves them.
"""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from celery.worker.consumer import Consumer
from kombu import Message

from apps.messaging.brokers.queue_names import CELERY
from apps.messaging.handling import dead_letters
from apps.messaging.handling.dead_letters import GivenUp
from apps.messaging.message import REDRIVE_OF, deduplication_id
from apps.messaging.models import DeadLetter
from orders_site.celery import envelope
from orders_site.celery.database_outage import written

logger = logging.getLogger(__name__)


class DeadLetteringConsumer(Consumer):
    """Writes a dead letter in each of the four cases in which a message is no known task."""

    def on_unknown_message(self, body: Any, message: Message) -> None:
        self._bury(message, f"no task: {envelope.fault(str(body))}")

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
            given_up(
                id=headers.get("id") or _redriven_id(received) or received["MessageId"],
                body=received["Body"],
                headers={
                    str(key): str(value) for key, value in headers.items() if value is not None
                },
            ),
            reason=reason,
        )
        # The ack deletes the message at SQS.
        message.ack_log_error(logger, self.connection_errors)  # type: ignore[attr-defined]


def _redriven_id(received: Mapping[str, Any]) -> str:
    """Return the id of the dead letter from which this message was redriven, or an empty string."""
    attribute = received.get("MessageAttributes", {}).get(REDRIVE_OF, {})
    return deduplication_id({REDRIVE_OF: attribute.get("StringValue", "")})


def given_up(*, id: str, body: str, headers: Mapping[str, str]) -> GivenUp:
    """Return a message of Celery's queue as a dead letter needs it."""
    return GivenUp(
        transport=DeadLetter.Transport.CELERY,
        consumer=CELERY,
        message_id=id,
        destination=CELERY,
        body=body,
        headers=headers,
    )


def bury(message: GivenUp, *, reason: str, attempts: int = 1, traceback: str = "") -> None:
    """Store the dead letter, however long the database takes: only then delete the message."""
    written(
        partial(dead_letters.bury, message, reason=reason, attempts=attempts, traceback=traceback)
    )
