"""The claim of a mail: of all tasks that ask for it at once, one sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F

from apps.messaging import hooks, leases
from apps.messaging.errors import MessageUnreadable
from apps.notifications.models import Mail

# Shorter than the queue's visibility timeout: a task redelivered after a crash can claim the mail.
CLAIM = timedelta(seconds=20)


@contextmanager
def claimed(mail_id: int) -> Iterator[Mail | None]:
    """Claim the mail by one UPDATE, until the end of the block or of `CLAIM`.

    Yields None if it is sent or another task holds it. Raises `MessageUnreadable` if there is no
    such mail.
    """
    mails = Mail.objects.filter(id=mail_id)
    unsent = mails.exclude(state=Mail.State.SENT)
    free = unsent.filter(leases.is_free("claimed_until", length=CLAIM))
    ours = {"claimed_until": leases.until(CLAIM), "attempts": F("attempts") + 1}
    # A mail that was given up is due again: staff has redriven its dead letter.
    if not free.update(state=Mail.State.DUE, **ours):
        if not mails.exists():
            raise MessageUnreadable(f"there is no mail {mail_id}")
        yield None
        return
    mail = mails.get()
    try:
        hooks.reached("mail.claimed", mail)
        yield mail
    finally:
        mails.filter(claimed_until=mail.claimed_until).update(claimed_until=None)
