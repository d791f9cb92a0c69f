"""Handles a mail that the mail server did not take: it is retried, put off, or given up.

After a temporary error the mail is retried a few times within half a minute. Then it is put off,
each time for longer, until `MAIL_RETRY_SECONDS` are over. It is given up at the end of this time,
or at once if the server rejects this very mail.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import DurationField, ExpressionWrapper
from django.db.models.functions import Coalesce, Now

from apps.messaging import leases
from apps.notifications import mail_errors
from apps.notifications.errors import MailGivenUp, MailNotTaken
from apps.notifications.mail_errors import MailError
from apps.notifications.models import Mail

logger = logging.getLogger(__name__)

AT_ONCE = 6
"""The mail's own task makes this many attempts within half a minute."""
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=30)


def attempt_failed(mail: Mail, error: MailError, message: EmailMessage) -> None:
    """Put the mail off; `error` is the error of `smtplib` or the network that prevented sending it.

    Raises `MailNotTaken` if the task is to retry now, and `MailGivenUp`. Neither is chained to
    `error`, which may hold the customer's address.
    """
    described = mail_errors.describe(error, recipient=mail.to)
    if mail_errors.is_lasting(error, message):
        _give_up(mail, f"rejected by the mail server: {described}")
    failing_for = _failing_for(mail)
    if mail.attempts >= AT_ONCE and failing_for >= _longest_time():
        _give_up(mail, f"tried for {failing_for.total_seconds():,.0f} s: {described}")
    delay = min(max(failing_for / 2, SHORTEST), LONGEST)
    Mail.objects.filter(id=mail.id).update(
        failing_since=Coalesce("failing_since", Now()), put_off_until=leases.until(delay)
    )
    if mail.attempts < AT_ONCE:
        raise MailNotTaken(described) from None
    logger.warning(
        "mail put off",
        extra={
            "order": str(mail.order_id),
            "mail": mail.key,
            "attempt": mail.attempts,
            "seconds": round(delay.total_seconds()),
            "error": described,
        },
    )


def sender_died(mail: Mail) -> None:
    """Give the mail up if its senders died or hung too often. Raises `MailGivenUp` then.

    A task that is redelivered to a dead sender's claim ends, so SQS does not count these deaths.
    """
    failing_for, longest = _failing_for(mail), timedelta()
    if mail.failing_since:
        longest = _longest_time()
    if mail.attempts > AT_ONCE and failing_for >= longest:
        _give_up(mail, f"its sender died or hung, the last of {mail.attempts - 1} attempts")


def hold_back(mail_ids: list[int], *, within: timedelta) -> None:
    """Put off mails whose tasks are in the queue, so that a slow queue gets no second ones."""
    Mail.objects.filter(id__in=mail_ids).update(put_off_until=leases.until(within))


def release(mail_ids: list[int]) -> None:
    """Undo `hold_back` for mails whose tasks could not be enqueued."""
    Mail.objects.filter(id__in=mail_ids).update(put_off_until=Now())


def _failing_for(mail: Mail) -> timedelta:
    """By the database's clock, which wrote since when: ours may be wrong by days."""
    since = Coalesce("failing_since", Now())
    age = ExpressionWrapper(Now() - since, output_field=DurationField())
    found: timedelta = Mail.objects.values_list(age, flat=True).get(id=mail.id)
    return found


def _longest_time() -> timedelta:
    return timedelta(seconds=settings.RETRIES.mails_for)


def _give_up(mail: Mail, reason: str) -> None:
    Mail.objects.filter(id=mail.id).update(
        state=Mail.State.GIVEN_UP, failing_since=None, put_off_until=None
    )
    raise MailGivenUp(reason) from None
