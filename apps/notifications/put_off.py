"""What becomes of a mail that the mail server did not take: tried again, put off, or given up.

A passing reason is tried again at once, some times, and then put off, each time for longer, as
long as `MAIL_RETRY_SECONDS` say. Only a no to this very mail, or the end of that time, gives it up.
"""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from apps.messaging import leases
from apps.notifications.errors import MailGivenUp
from apps.notifications.models import Mail

logger = logging.getLogger(__name__)

AT_ONCE = 6
"""So many attempts are made within half a minute, by the mail's own task."""
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=30)


def refused(mail: Mail, error: OSError) -> None:
    """Put the mail off; `error` is why it was not sent, as `smtplib` or the network raised it.

    Raises `error` again where the mail is to be tried once more at once, and `MailGivenUp`.
    """
    if is_lasting(error):
        _give_up(mail, f"refused for good: {error}", error)
    failing_for = timezone.now() - (mail.failing_since or timezone.now())
    if mail.attempts >= AT_ONCE and failing_for >= _longest_time():
        _give_up(mail, f"tried for {failing_for.total_seconds():,.0f} s: {error}", error)
    delay = min(max(failing_for / 2, SHORTEST), LONGEST)
    Mail.objects.filter(id=mail.id).update(
        failing_since=Coalesce("failing_since", Now()), put_off_until=leases.until(delay)
    )
    if mail.attempts < AT_ONCE:
        raise error
    logger.warning(
        "mail put off",
        extra={
            "order": str(mail.order_id),
            "mail": mail.key,
            "attempt": mail.attempts,
            "seconds": round(delay.total_seconds()),
            "error": f"{type(error).__name__}: {error}",
        },
    )


def is_lasting(error: OSError) -> bool:
    """Say whether the server will never take this mail: a 5xx to its recipient, or to its text.

    A 5xx to our greeting, password or sender is about the shop: all mails wait for its mending.
    """
    match error:
        case SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case SMTPDataError():
            return error.smtp_code >= 500
    return False


def not_asked_for_again(mail_ids: list[int], *, within: timedelta) -> None:
    """Note that their tasks are in the queue: while it is slow, more of them would help nobody."""
    Mail.objects.filter(id__in=mail_ids).update(put_off_until=leases.until(within))


def _longest_time() -> timedelta:
    return timedelta(seconds=settings.RETRIES.mails_for)


def _give_up(mail: Mail, reason: str, error: OSError) -> None:
    Mail.objects.filter(id=mail.id).update(
        state=Mail.State.GIVEN_UP, failing_since=None, put_off_until=None
    )
    raise MailGivenUp(reason) from error
