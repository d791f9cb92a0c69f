"""Counts the mails that the mail server did not take yet, for the status and for alarms."""

from datetime import timedelta

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Now

from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE

LATE = timedelta(hours=1)
"""A short fault of a mail server is over by then; after that, staff should investigate."""


def figures() -> dict[str, float]:
    """Return how many are put off, how many for over an hour, and the oldest's age in seconds."""
    found = put_off(Mail.objects.all()).aggregate(
        put_off=Count("id"),
        late=Count("id", filter=Q(failing_since__lt=Now() - LATE)),
        oldest=Min("failing_since"),
        # The clock of the database wrote these times: that of this machine may differ.
        now=Max(Now()),
    )
    age = (found["now"] - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return {
        "put_off": found["put_off"],
        "late": found["late"],
        "oldest_age_seconds": round(max(age, 0.0), 1),
    }


def put_off(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Return the mails that the mail server did not take, and that will be tried again."""
    return mails.filter(state=Mail.State.DUE, failing_since__isnull=False)


def under_way(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Return the mails that need no person: attempts left, put off, or claimed."""
    will_be_tried = Q(attempts__lt=AT_ONCE) | Q(failing_since__isnull=False)
    is_claimed = Q(claimed_until__isnull=False)
    return mails.filter(will_be_tried | is_claimed, state=Mail.State.DUE)
