"""The claim of a mail: of all tasks that ask for it at once, one sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db.models import Case, F, Q, When

from apps.messaging import leases
from apps.messaging.errors import MessageUnreadable
from apps.notifications import put_off
from apps.notifications.errors import MailGivenUp
from apps.notifications.models import Mail

_unreleased: dict[int, datetime] = {}
"""Claims that this process could not release, because the database was away: mail → its end. A
retry in this process need not wait for the end."""


@contextmanager
def claimed(mail_id: int, *, is_redriven: bool) -> Iterator[Mail | None]:
    """Claim the mail by one UPDATE, until the end of the block or of `MAIL_CLAIM`.

    `MAIL_CLAIM` is longer than a conversation with the mail server, and may be longer than the
    queue's visibility timeout: a task that is redelivered meanwhile ends, also if the first sender
    has died. `reconcile` enqueues the mail again when the claim has ended.

    Yields None if it is sent or another task holds it. Raises `MessageUnreadable` if there is no
    such mail. Raises `MailGivenUp` if its senders died again and again, or if it was given up
    before and no person has redriven it.
    """
    mails = Mail.objects.filter(id=mail_id)
    before = mails.first()
    if before is None:
        raise MessageUnreadable(f"there is no mail {mail_id}")
    if not _claim(mail_id, is_redriven=is_redriven):
        if not is_redriven and mails.filter(state=Mail.State.GIVEN_UP).exists():
            # Not silently: a process that dies while it gives a mail up leaves no dead letter.
            raise MailGivenUp("it was given up before, and is not redriven")
        yield None
        return
    mail = mails.get()
    try:
        if before.claimed_until and before.claimed_until != _unreleased.pop(mail_id, None):
            put_off.sender_died(mail)
        mail.reached("mail.claimed")
        yield mail
    finally:
        if mail.claimed_until:
            _unreleased[mail_id] = mail.claimed_until
        mails.filter(claimed_until=mail.claimed_until).update(claimed_until=None)
        _unreleased.pop(mail_id, None)


def _claim(mail_id: int, *, is_redriven: bool) -> bool:
    is_free = leases.is_free("claimed_until", length=settings.LONGEST_MAIL_CLAIM)
    is_ours = Q(claimed_until=_unreleased.get(mail_id))
    ended = [Mail.State.SENT] if is_redriven else [Mail.State.SENT, Mail.State.GIVEN_UP]
    unsent = Mail.objects.filter(is_free | is_ours, id=mail_id).exclude(state__in=ended)
    begins_again = When(state=Mail.State.GIVEN_UP, then=1)
    return bool(
        unsent.update(
            state=Mail.State.DUE,
            attempts=Case(begins_again, default=F("attempts") + 1),
            claimed_until=leases.until(settings.MAIL_CLAIM),
        )
    )
