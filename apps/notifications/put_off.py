"""What becomes of a mail that the mail server did not take: tried again, put off, or given up.

A passing reason is tried again at once, some times, and then put off, each time for longer, as
long as `MAIL_RETRY_SECONDS` say. Only a no to this very mail, or the end of that time, gives it up.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from apps.messaging import leases
from apps.notifications import mail_errors
from apps.notifications.errors import MailGivenUp, MailNotTaken
from apps.notifications.mail_errors import MailError
from apps.notifications.models import Mail

logger = logging.getLogger(__name__)

AT_ONCE = 6
"""So many attempts are made within half a minute, by the mail's own task."""
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=30)


def rejected(mail: Mail, error: MailError) -> None:
    """Put the mail off; `error` is why it was not sent, as `smtplib` or the network raised it.

    Raises `MailNotTaken` where it is to be tried once more at once, and `MailGivenUp`; neither
    brings the error itself, which may hold the customer's address.
    """
    told = mail_errors.told(error, recipient=mail.to)
    if mail_errors.is_lasting(error):
        _give_up(mail, f"refused for good: {told}")
    failing_for = timezone.now() - (mail.failing_since or timezone.now())
    if mail.attempts >= AT_ONCE and failing_for >= _longest_time():
        _give_up(mail, f"tried for {failing_for.total_seconds():,.0f} s: {told}")
    delay = min(max(failing_for / 2, SHORTEST), LONGEST)
    Mail.objects.filter(id=mail.id).update(
        failing_since=Coalesce("failing_since", Now()), put_off_until=leases.until(delay)
    )
    if mail.attempts < AT_ONCE:
        raise MailNotTaken(told) from None
    logger.warning(
        "mail put off",
        extra={
            "order": str(mail.order_id),
            "mail": mail.key,
            "attempt": mail.attempts,
            "seconds": round(delay.total_seconds()),
            "error": told,
        },
    )


def not_asked_for_again(mail_ids: list[int], *, within: timedelta) -> None:
    """Note that their tasks are in the queue, so that a slow queue gets no second task for each."""
    Mail.objects.filter(id__in=mail_ids).update(put_off_until=leases.until(within))


def _longest_time() -> timedelta:
    return timedelta(seconds=settings.RETRIES.mails_for)


def _give_up(mail: Mail, reason: str) -> None:
    Mail.objects.filter(id=mail.id).update(
        state=Mail.State.GIVEN_UP, failing_since=None, put_off_until=None
    )
    raise MailGivenUp(reason) from None
