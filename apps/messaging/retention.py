"""What may be forgotten, and when: sent rows, inbox entries, failures, settled dead letters."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry, OutboxMessage

SENT_KEPT = timedelta(hours=24)
"""So long a stream that lost its tail can be filled again from the outbox."""
INBOX_KEPT = timedelta(days=14)
"""Above the stream's seven days and a redrive after them: a replay meets its own traces."""
CHUNK = 5000


def forget_old() -> dict[str, int]:
    """Delete in chunks, so that no lock is held for long; return how many of what."""
    now = timezone.now()
    return {
        "outbox": _delete(OutboxMessage.objects.filter(sent_at__lt=now - SENT_KEPT)),
        "inbox": _delete(InboxEntry.objects.filter(handled_at__lt=now - INBOX_KEPT)),
        "failures": _delete(FailedDelivery.objects.filter(failed_at__lt=now - INBOX_KEPT)),
        "dead_letters": _delete(_settled_letters().filter(died_at__lt=now - INBOX_KEPT)),
    }


def _settled_letters() -> QuerySet[DeadLetter]:
    """Those that a person has dealt with; what is dead stays until somebody does."""
    lately = Q(redriven_at__gte=timezone.now() - INBOX_KEPT)
    return DeadLetter.objects.exclude(state=DeadLetter.State.DEAD).exclude(lately)


def _delete(rows: QuerySet) -> int:
    total = 0
    while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
        total += rows.filter(pk__in=ids).delete()[0]
    return total
