"""What can be asked about mails; nothing here writes."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from apps.messaging import leases
from apps.notifications import waiting
from apps.notifications.models import Mail
from apps.notifications.put_off import AT_ONCE, LONGEST

AT_MOST = 1000
TRIALS = 10
"""So many of those that were put off are tried at once, as long as no mail goes out."""


def overdue(*, since: timedelta) -> list[int]:
    """Return the ids of mails to ask for: due for so long that whatever should send them is lost,
    or put off until now.

    Not what was given up, nor what failed to the end for another reason than the mail server's:
    these are dead letters, and a person sends them again.
    """
    now = timezone.now()
    free = Mail.objects.filter(leases.is_free("put_off_until", length=LONGEST))
    lost = Q(state=Mail.State.DUE, due_at__lt=now - since, attempts__lt=AT_ONCE)
    asked = free.filter(lost, failing_since=None).order_by("id")
    again = waiting.put_off(free).order_by("put_off_until", "id")
    # A server that is silent costs each attempt its whole timeout, and a place of the worker's.
    one_went = Mail.objects.filter(state=Mail.State.SENT, sent_at__gt=now - since).exists()
    ids = list(asked.values_list("id", flat=True)[:AT_MOST])
    return ids + list(again.values_list("id", flat=True)[: AT_MOST if one_went else TRIALS])
