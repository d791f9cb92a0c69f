"""Where Celery's messages end that cannot be done: dead letters, like those of all transports.

A task whose last retry failed, a message that is no task, and a task that nobody knows. Celery
alone would drop the first two, and hand out the third until the queue's redrive policy moves it.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from celery import Task
from celery.worker.consumer import Consumer
from kombu import Message

from apps.messaging import dead_letters
from apps.messaging.errors import MessageUnreadable
from apps.messaging.models import DeadLetter

logger = logging.getLogger(__name__)

QUEUE = "celery"


class BuriedTask(Task):
    """A task whose last failure becomes a dead letter, before its message is deleted."""

    def on_retry(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        logger.warning(
            "task failed, will retry",
            extra={
                "task": self.name,
                "message_id": task_id,
                "attempt": self.request.retries + 1,
                "error": f"{type(exc).__name__}: {exc}",
            },
        )

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        readable = isinstance(exc, MessageUnreadable)
        _bury(
            message_id=task_id,
            reason=str(exc) if readable else f"{type(exc).__name__}: {exc}",
            body=_as_sent(self.name, task_id, args, kwargs),
            headers={"task": self.name, "id": task_id},
            attempts=self.request.retries + 1,
            traceback=str(einfo),
        )


class BuryingConsumer(Consumer):
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
        _bury(
            message_id=str(headers.get("id") or received["MessageId"])[:255],
            reason=reason,
            body=received["Body"],
            headers={str(name): str(value) for name, value in headers.items() if value is not None},
        )
        # An ack deletes it.
        message.ack_log_error(logger, self.connection_errors)  # type: ignore[attr-defined]


def _bury(**letter: Any) -> None:
    dead_letters.bury(
        transport=DeadLetter.Transport.CELERY, consumer=QUEUE, destination=QUEUE, **letter
    )


def _as_sent(task: str, task_id: str, args: Any, kwargs: Any) -> str:
    """Return a body that, put on the queue again, is this task once more."""
    return json.dumps(
        {
            "body": json.dumps([list(args or ()), dict(kwargs or {}), {}], default=str),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"task": task, "id": task_id, "lang": "py"},
            "properties": {"correlation_id": task_id, "delivery_info": {}},
        }
    )
