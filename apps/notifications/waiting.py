"""Mails that the mail server did not take yet, as the status tells them and alarms ask for them."""

from datetime import timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE

LATE = timedelta(hours=1)
"""A short fault of a mail server is over by then; after that, staff should look."""


def figures() -> dict[str, float]:
    """Return how many are put off, how many of them for over an hour, the oldest's age in s."""
    now = timezone.now()
    found = put_off(Mail.objects.all()).aggregate(
        put_off=Count("id"),
        late=Count("id", filter=Q(failing_since__lt=now - LATE)),
        oldest=Min("failing_since"),
    )
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return {
        "put_off": found["put_off"],
        "late": found["late"],
        "oldest_age_seconds": round(max(age, 0.0), 1),
    }


def put_off(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Return those that were tried, and are to be tried again."""
    return mails.filter(state=Mail.State.DUE, failing_since__isnull=False)


def under_way(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Return those that go out without a person's help: tried a few times yet, or put off."""
    tried_yet = Q(attempts__lt=AT_ONCE) | Q(failing_since__isnull=False)
    return mails.filter(tried_yet, state=Mail.State.DUE)
