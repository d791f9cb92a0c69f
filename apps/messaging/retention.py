"""What may be forgotten, and when: what was sent, handled, failed, settled, or seen long ago."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)

SENT_KEPT = timedelta(hours=24)
"""So long a stream that lost its tail can be filled again from the outbox."""
INBOX_KEPT = timedelta(days=14)
"""Above the stream's seven days and a redrive after them: a replay meets its own traces."""
INSTANCES_KEPT = timedelta(days=14)
"""An instance that was not seen for so long is a container's of long ago, and never comes back."""
CHUNK = 5000


def forget_old() -> dict[str, int]:
    """Delete in chunks, so that no lock is held for long; return how many of what."""
    now = timezone.now()
    return {
        "outbox": _delete(OutboxMessage.objects.filter(sent_at__lt=now - SENT_KEPT)),
        "inbox": _delete(InboxEntry.objects.filter(handled_at__lt=now - INBOX_KEPT)),
        "failures": _delete(FailedDelivery.objects.filter(failed_at__lt=now - INBOX_KEPT)),
        "instances": _delete(WorkerInstance.objects.filter(seen_at__lt=now - INSTANCES_KEPT)),
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
