"""What may be forgotten, and when: sent rows, old inbox entries, the records of failures."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.messaging.models import FailedDelivery, InboxEntry, OutboxMessage

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
    }


def _delete(rows: QuerySet) -> int:
    total = 0
    while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
        total += rows.filter(pk__in=ids).delete()[0]
    return total
