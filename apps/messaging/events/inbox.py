"""Inbox, the receiving twin of the outbox: delivered at least once, effective once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import connection, transaction

from apps.messaging.models import DeadLetter, InboxEntry

# One statement, so that a duplicate costs no savepoint: while another delivery of the message
# is being handled, the database makes this one wait for its outcome.
_ENTER = f"""
    INSERT INTO {InboxEntry._meta.db_table} (consumer, message_id, key)
    SELECT %s, %s, %s WHERE NOT EXISTS (
        SELECT 1 FROM {DeadLetter._meta.db_table}
        WHERE consumer = %s AND identity = %s AND state = '{DeadLetter.State.DROPPED}'
    ) ON CONFLICT (consumer, message_id) DO NOTHING
"""


def handle_once(
    *,
    consumer: str,
    message_id: str,
    key: str = "",
    identity: str = "",
    handler: Callable[[], None],
) -> bool:
    """Run `handler` unless this consumer has handled the message; return whether it ran.

    It does not run either if the message of this `identity` is a dead letter that was dropped.

    The entry and the handler's effects are one transaction: both are stored, or neither. So after
    a crash at any instruction the message can safely be delivered again.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [consumer, message_id, key, consumer, identity])
            if cursor.rowcount == 0:
                return False
        handler()
    return True


def handled_since(since: datetime, *, consumer: str) -> dict[str, str]:
    """Return message id → key of the messages that this consumer has handled since then."""
    entries = InboxEntry.objects.filter(consumer=consumer, handled_at__gte=since)
    return dict(entries.values_list("message_id", "key").iterator())


def mark_handled(messages: Mapping[str, str], *, consumer: str) -> None:
    """Enter messages (id → key) whose effects the caller's transaction brings in otherwise.

    Waits for those that the consumer is handling at this moment; later it skips them all.
    """
    InboxEntry.objects.bulk_create(
        (
            InboxEntry(consumer=consumer, message_id=id, key=key)
            # Insert in a fixed order, so that two concurrent callers cannot deadlock.
            for id, key in sorted(messages.items())
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
