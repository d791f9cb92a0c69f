"""Celery on SQS: tasks send mails with retries; beat enqueues the tasks of overdue mails again.

Delivery is at least once: a task may run twice or in parallel with itself, which is harmless. A
task becomes a dead letter after its last failure (`orders_site/celery/task.py`), and
a mail after a day.
"""

import logging
from datetime import timedelta
from itertools import takewhile

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.notifications import put_off, services
from apps.notifications.errors import MailGivenUp
from apps.notifications.mail_task import MailTask
from apps.notifications.queries import overdue

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=settings.RECONCILE_AFTER)
LONGEST_RETRY = 16
"""In seconds. A retry waits inside the worker, so it must end before the visibility timeout."""


@shared_task(
    autoretry_for=(Exception,),
    dont_autoretry_for=(MessageUnreadable, MailGivenUp, TypeError, ValueError),
    max_retries=put_off.AT_ONCE - 1,
    retry_backoff=1,
    retry_backoff_max=LONGEST_RETRY,
)
def send_mail(mail_id: int) -> None:
    """Send one mail; after six attempts it is put off or a dead letter.

    They are at most 1, 2, 4, 8 and 16 s apart: Celery draws each pause at random.
    """
    services.send(mail_id=mail_id)


def ask_to_send(mail_id: int) -> None:
    """Enqueue the mail's task; if SQS is away the mail stays due, and `reconcile` finds it."""
    if hooks.skipped("mail.due", MailTask(send_mail.name, mail_id)):
        return
    _is_enqueued(mail_id)


@shared_task
def clean_up() -> None:
    """Delete mails that were sent long ago."""
    logger.info("cleaned up", extra={"mails": services.prune()})


@shared_task
def reconcile() -> None:
    """Enqueue mails that were put off until now, or whose task is lost: due for too long.

    If SQS is away, the rest are left to the next time.
    """
    mails = overdue(since=OVERDUE)
    put_off.not_asked_for_again(mails, within=OVERDUE)
    enqueued = sum(1 for _ in takewhile(_is_enqueued, mails))
    put_off.asked_for_again(mails[enqueued:])
    if enqueued:
        logger.warning("reconciled", extra={"mails": enqueued})


def _is_enqueued(mail_id: int) -> bool:
    """Enqueue the mail's task; return false if SQS is away."""
    try:
        send_mail.delay(mail_id)
    except OperationalError as error:
        logger.warning("mail not enqueued", extra={"mail": mail_id, "error": str(error)})
        return False
    return True
