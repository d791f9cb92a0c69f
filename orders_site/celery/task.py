"""What every task of ours has: its sender's trace, a line for each retry, a grave at the end."""

import json
import logging
from typing import Any

from celery import Task
from celery.signals import before_task_publish
from django.conf import settings

from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling.attempts import REFUSED
from apps.messaging.handling.database import busy_delay, forget_connection, takes_writes
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.worker.time_limits import in_time
from orders_site.celery.database_outage import until_it_takes_writes
from orders_site.celery.dead_letters import bury

logger = logging.getLogger(__name__)


class ShopTask(Task):
    """A task whose last failure becomes a dead letter, before its message is deleted."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with following(self.request.get("traceparent") or ""):
            limited: Any = in_time(self.run, settings.LONGEST_TIMES.job, self.name)
            try:
                return limited(*args, **kwargs)
            except REFUSED as error:
                # Beat's tasks name nothing to retry for, and a way to the database that was cut
                # for a moment is no fault of theirs. Where all tries are used up it raises this.
                raise self.retry(exc=error, countdown=busy_delay(self.request.retries)) from None

    def retry(self, *args: Any, **options: Any) -> Any:
        """Try again later; where the database is at fault, once it is back, however often."""
        if isinstance(options.get("exc"), REFUSED):
            forget_connection()
            if not takes_writes():
                until_it_takes_writes()
                options |= {"countdown": 0, "max_retries": self.request.retries + 1}
        return super().retry(*args, **options)

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
        bury(
            message_id=task_id,
            reason=str(exc) if readable else f"{type(exc).__name__}: {exc}",
            body=_as_sent(self.name, task_id, args, kwargs),
            headers={"task": self.name, "id": task_id},
            attempts=self.request.retries + 1,
            traceback=str(einfo),
        )


@before_task_publish.connect
def carry_the_trace(headers: dict[str, Any], **_: Any) -> None:
    headers.setdefault("traceparent", current_traceparent())


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
