"""Base class of all tasks: continues the sender's trace, logs each retry, writes a dead letter."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Task
from celery.signals import before_task_publish
from django.conf import settings

from apps.messaging.brokers.queue_names import CELERY
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling.attempts import DATABASE_ERRORS
from apps.messaging.handling.database import busy_delay, forget_connection, takes_writes
from apps.messaging.hooks.measuring import counted
from apps.messaging.hooks.steps import TracedMessage, created, processing
from apps.messaging.worker.time_limits import in_time
from orders_site.celery.database_outage import until_it_takes_writes
from orders_site.celery.dead_letters import bury, given_up

logger = logging.getLogger(__name__)


class ShopTask(Task):
    """A task that writes a dead letter after its last failure, before its message is deleted."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with processing(self._message()):
            limited: Any = in_time(self.run, settings.LONGEST_TIMES.job, self.name)
            try:
                return limited(*args, **kwargs)
            except DATABASE_ERRORS as error:
                # Beat's tasks declare no retries of their own, and a short database outage is not
                # their fault. After the last attempt `retry` raises this error.
                raise self.retry(exc=error, countdown=busy_delay(self.request.retries)) from None

    def _message(self) -> TracedMessage:
        return TracedMessage(
            destination=CELERY,
            transport="sqs",
            message_id=self.request.id or "",
            headers={"traceparent": self.request.get("traceparent") or ""},
            attempt=self.request.retries + 1,
        )

    def retry(self, *args: Any, **options: Any) -> Any:
        """Retry later. During a database outage, wait for its end, and count no attempt."""
        if isinstance(options.get("exc"), DATABASE_ERRORS):
            forget_connection()
            if not takes_writes():
                until_it_takes_writes()
                # Not by `max_retries`: Celery would keep it for the task's other messages.
                with self._one_retry_less():
                    return super().retry(*args, **options | {"countdown": 0})
        return super().retry(*args, **options)

    @contextmanager
    def _one_retry_less(self) -> Iterator[None]:
        """Celery adds one to the message's retries; here it is the one that was taken."""
        self.request.retries -= 1
        try:
            yield
        finally:
            self.request.retries += 1

    def on_retry(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        counted("retries", CELERY)
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
        bury(
            given_up(
                id=task_id,
                body=_as_sent(self.name, task_id, args, kwargs),
                headers={"task": self.name, "id": task_id},
            ),
            reason=str(exc) if readable else f"{type(exc).__name__}: {exc}",
            attempts=self.request.retries + 1,
            traceback=str(einfo),
        )


@before_task_publish.connect
def carry_the_trace(headers: dict[str, Any], **_: Any) -> None:
    if "traceparent" not in headers:
        headers["traceparent"] = created("send", CELERY, transport="sqs")


def _as_sent(task: str, task_id: str, args: Any, kwargs: Any) -> str:
    """Return a message body that runs this task again when a redrive sends it to the queue."""
    return json.dumps(
        {
            "body": json.dumps([list(args or ()), dict(kwargs or {}), {}], default=str),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"task": task, "id": task_id, "lang": "py"},
            "properties": {"correlation_id": task_id, "delivery_info": {}},
        }
    )
