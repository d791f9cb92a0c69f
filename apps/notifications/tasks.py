"""Celery on SQS: tasks send mails with retries; beat enqueues the tasks of overdue mails again.

Delivery is at least once: a task may run twice or in parallel with itself, which is harmless. A
task becomes a dead letter after its last failure (`orders_site/celery/task.py`), and
a mail after a day.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from apps.messaging.brokers.queue_names import CELERY
from apps.messaging.errors import MessageUnreadable
from apps.messaging.handling import dead_letters
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.operations import pruning
from apps.notifications import put_off, services
from apps.notifications.errors import MailGivenUp
from apps.notifications.models import Mail
from apps.notifications.queries import overdue

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=settings.RECONCILE_AFTER)
LONGEST_RETRY_SECONDS = 16
"""A retry waits inside the worker, so it must end before the visibility timeout."""


@shared_task(
    autoretry_for=(Exception,),
    # The last two are wrong arguments: a retry would fail in the same way.
    dont_autoretry_for=(MessageUnreadable, MailGivenUp, TypeError, ValueError),
    max_retries=put_off.AT_ONCE - 1,
    retry_backoff=1,
    retry_backoff_max=LONGEST_RETRY_SECONDS,
)
def send_mail(mail_id: int) -> None:
    """Send one mail; after six attempts it is put off or a dead letter.

    They are at most 1, 2, 4, 8 and 16 s apart: Celery draws each pause at random.
    """
    task_id = send_mail.request.id or task_id_of(mail_id)
    redriven = dead_letters.is_redriven(consumer=CELERY, message_id=task_id)
    services.send(mail_id=mail_id, is_redriven=redriven)


def task_id_of(mail_id: int) -> str:
    """Return the id of each task of a mail: however many there are, it has one dead letter."""
    return f"mail-{mail_id}"


def ask_to_send(mails: Iterable[Mail]) -> None:
    """Enqueue the tasks of mails, each in the trace of its order's event.

    Mails whose tasks SQS does not take stay due, and `reconcile` finds them.
    """
    traces: dict[int, str] = {}
    for mail in mails:
        traceparent = current_traceparent(str(mail.order_id))
        with following(traceparent):
            if not mail.skipped("mail.due"):
                traces[mail.id] = traceparent
    enqueue(traces)


@shared_task
def clean_up() -> None:
    """Delete mails that were sent long ago."""
    pruning.log_deleted({"mails": services.prune()})


@shared_task
def reconcile() -> None:
    """Enqueue mails that were put off until now, or whose task is lost: due for too long.

    If SQS is away, the rest are left to the next time.
    """
    mails = overdue(since=OVERDUE)
    put_off.hold_back(mails, within=OVERDUE)
    enqueued = enqueue(dict.fromkeys(mails, current_traceparent()))
    put_off.release([mail_id for mail_id in mails if mail_id not in enqueued])
    if enqueued:
        logger.warning("reconciled", extra={"mails": len(enqueued)})


def enqueue(traces: Mapping[int, str]) -> set[int]:
    """Enqueue a task for each mail, ten in a request to SQS; return the mails whose task it took.

    `traces` maps the id of a mail to the trace that its task follows.
    """
    try:
        with send_mail.app.producer_or_acquire() as producer, producer.channel.together() as errors:
            for mail_id, traceparent in traces.items():
                with following(traceparent):
                    send_mail.apply_async(
                        (mail_id,), task_id=task_id_of(mail_id), producer=producer
                    )
    except OperationalError as error:
        errors = dict.fromkeys(range(len(traces)), str(error))
    failed = {mail_id: errors[place] for place, mail_id in enumerate(traces) if place in errors}
    if failed:
        first, why = next(iter(failed.items()))
        extra = {"mails": len(failed), "first": first, "error": why}
        logger.warning("mails not enqueued", extra=extra)
    return traces.keys() - failed
