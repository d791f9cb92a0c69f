"""Periodic work: `mailer` sends the mails that are due, `periodic` deletes old ones.

The table of mails is the queue: a mail is due until the mail server has taken it. Two processes
may run this: a mail that one of them has claimed is not sent by the other.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings

from apps.messaging.operations import pruning
from apps.notifications import services
from apps.notifications.errors import MailGivenUp, MailNotTaken
from apps.notifications.queries import overdue

logger = logging.getLogger(__name__)

SEEN_LATELY = timedelta(seconds=settings.RECONCILE_AFTER)
"""If a mail went out within this time, the mail server is there."""
AT_MOST_SECONDS = 10.0
"""For one call: the time limit of work is then far away, and a stop does not wait for all."""


def send_due() -> None:
    """Send the mails that are due now, the oldest first; what is left is for the next call."""
    begun = time.monotonic()
    for mail_id in overdue(since=SEEN_LATELY):
        send(mail_id)
        if time.monotonic() - begun >= AT_MOST_SECONDS:
            return


def send(mail_id: int) -> None:
    """Send a mail, and log why it is put off or given up; its row says so too."""
    try:
        services.send(mail_id=mail_id)
    except MailNotTaken as error:
        logger.warning("mail put off", extra={"mail": mail_id, "error": str(error)})
    except MailGivenUp as error:
        logger.error("mail given up", extra={"mail": mail_id, "error": str(error)})


def clean_up() -> None:
    """Delete mails that were sent long ago."""
    pruning.log_deleted({"mails": services.prune()})
