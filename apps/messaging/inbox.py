"""Inbox, the receiving twin of the outbox: delivered at least once, effective once."""

from collections.abc import Callable

from django.db import connection, transaction

from apps.messaging.models import InboxEntry

# One statement, so that a duplicate costs no savepoint: where another delivery of the message
# is being handled at this moment, the database makes this one wait for its outcome.
_ENTER = f"""
    INSERT INTO {InboxEntry._meta.db_table} (consumer, message_id, key)
    VALUES (%s, %s, %s) ON CONFLICT (consumer, message_id) DO NOTHING
"""


def handle_once(
    *, consumer: str, message_id: str, key: str = "", handler: Callable[[], None]
) -> bool:
    """Run `handler` unless this consumer has handled the message; say whether it ran.

    The entry and the handler's effects are one transaction: either both are there or neither,
    so a crash at any instruction leaves a message that can safely be delivered again.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [consumer, message_id, key])
            if cursor.rowcount == 0:
                return False
        handler()
    return True
