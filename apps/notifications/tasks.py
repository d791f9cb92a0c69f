"""Celery on SQS: mails are sent with retries, and asked for again by beat.

At least once here: a task may run again or in parallel with itself, and each is harmless so.
A task becomes a dead letter after its last failure (`orders_site/celery/task.py`); a mail does so
after a day.
"""

import logging
from datetime import timedelta

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
"""Seconds; a retry waits inside the worker, hidden no longer than the visibility timeout."""


@shared_task(
    autoretry_for=(Exception,),
    dont_autoretry_for=(MessageUnreadable, MailGivenUp, TypeError, ValueError),
    max_retries=put_off.AT_ONCE - 1,
    retry_backoff=1,
    retry_backoff_max=LONGEST_RETRY,
)
def send_mail(mail_id: int) -> None:
    """Send one mail; 1 to 16 s between six attempts, after which it is put off, or buried."""
    services.send(mail_id=mail_id)


def ask_to_send(mail_id: int) -> None:
    """Enqueue the mail's task; where SQS is away the mail stays due, and `reconcile` finds it."""
    if hooks.skipped("mail.due", MailTask(send_mail.name, mail_id)):
        return
    try:
        send_mail.delay(mail_id)
    except OperationalError as error:
        logger.warning("mail not enqueued", extra={"mail": mail_id, "error": str(error)})


@shared_task
def clean_up() -> None:
    """Forget mails that were sent long ago."""
    logger.info("cleaned up", extra={"mails": services.prune()})


@shared_task
def reconcile() -> None:
    """Enqueue what was put off until now, and what the queue may have lost: due for too long."""
    mails = overdue(since=OVERDUE)
    put_off.not_asked_for_again(mails, within=OVERDUE)
    for mail_id in mails:
        send_mail.delay(mail_id)
    if mails:
        logger.warning("reconciled", extra={"mails": len(mails)})
