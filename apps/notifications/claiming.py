"""The claim of a mail: of all tasks that ask for it at once, one sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db.models import Case, F, Q, When

from apps.messaging import leases
from apps.messaging.errors import MessageUnreadable
from apps.notifications import put_off
from apps.notifications.models import Mail

_unreleased: dict[int, datetime] = {}
"""Claims that this process could not release, because the database was away: mail → its end. A
retry in this process need not wait for the end."""


@contextmanager
def claimed(mail_id: int) -> Iterator[Mail | None]:
    """Claim the mail by one UPDATE, until the end of the block or of `MAIL_CLAIM`.

    `MAIL_CLAIM` is longer than a conversation with the mail server, and may be longer than the
    queue's visibility timeout: a task that is redelivered meanwhile ends, also if the first sender
    has died. `reconcile` enqueues the mail again when the claim has ended.

    Yields None if it is sent or another task holds it. Raises `MessageUnreadable` if there is no
    such mail, and `MailGivenUp` if its senders died again and again.
    """
    mails = Mail.objects.filter(id=mail_id)
    before = mails.first()
    if before is None:
        raise MessageUnreadable(f"there is no mail {mail_id}")
    if not _claim(mail_id):
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


def _claim(mail_id: int) -> bool:
    is_free = leases.is_free("claimed_until", length=settings.LONGEST_MAIL_CLAIM)
    is_ours = Q(claimed_until=_unreleased.get(mail_id))
    unsent = Mail.objects.filter(is_free | is_ours, id=mail_id).exclude(state=Mail.State.SENT)
    # A mail that was given up is due again: staff has redriven its dead letter.
    begins_again = When(state=Mail.State.GIVEN_UP, then=1)
    return bool(
        unsent.update(
            state=Mail.State.DUE,
            attempts=Case(begins_again, default=F("attempts") + 1),
            claimed_until=leases.until(settings.MAIL_CLAIM),
        )
    )
