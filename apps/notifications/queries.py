"""Reads of the mails; nothing here writes."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from apps.messaging import leases
from apps.messaging.operations.journey import JourneyHop
from apps.notifications import waiting
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE, LONGEST

AT_MOST = 1000
TRIALS = 10
"""While no mail goes out, only this many put-off mails are tried at a time."""


def mails_of(order_id: UUID) -> list[Mail]:
    """Return the mails about this order: one of each kind, none while it has not ended."""
    return list(Mail.objects.filter(order_id=order_id))


def overdue(*, since: timedelta) -> list[int]:
    """Return the ids of mails that need another task: due for longer than `since`, so that their
    task must be lost, or put off until now, or left by a sender that died.

    A mail that a sender has claimed needs none while the claim lasts.
    Mails that were given up, or whose last attempt failed for a reason other than the mail server,
    are left out: these are dead letters, which a person redrives.
    """
    free = Mail.objects.filter(
        leases.is_free("put_off_until", length=LONGEST),
        leases.is_free("claimed_until", length=settings.LONGEST_MAIL_CLAIM),
    )
    lost = Q(due_at__lt=Now() - since, attempts__lt=AT_ONCE)
    # A sender that ends in any other way clears its claim.
    left = Q(claimed_until__isnull=False)
    asked = free.filter(lost | left, state=Mail.State.DUE, failing_since=None).order_by("id")
    again = waiting.put_off(free).order_by("put_off_until", "id")
    # At a silent server each attempt takes the whole timeout, and occupies a thread of the worker.
    one_went = Mail.objects.filter(state=Mail.State.SENT, sent_at__gt=Now() - since).exists()
    ids = list(asked.values_list("id", flat=True)[:AT_MOST])
    return ids + list(again.values_list("id", flat=True)[: AT_MOST if one_went else TRIALS])


def hops_of(order_id: UUID) -> list[JourneyHop]:
    """Return the mails about this order that were sent, as hops of its journey."""
    sent = Mail.objects.filter(order_id=order_id, sent_at__isnull=False)
    times = sent.values_list("sent_at", flat=True)
    return [JourneyHop(kind="handled", name="mail", at=at, detail={}) for at in times if at]
