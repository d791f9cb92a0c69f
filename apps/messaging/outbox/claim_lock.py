"""Relays claim one after the other: two at once would take two parts of one key."""

from django.db import connection

from apps.messaging.models import OutboxMessage

_LOCK = 0x6F757462
"""The first number of the advisory lock, which no other code uses; the second is the transport."""


def claim_alone(transport: str) -> None:
    """Wait until no other relay claims rows of the transport; SQLite has one relay anyway.

    This transaction need not be on disk when it ends: a database that crashes then forgets the
    lease, and a row that is sent twice is stored once.
    """
    if connection.vendor == "postgresql":
        number = OutboxMessage.Transport.values.index(transport)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'off', true),"
                " pg_advisory_xact_lock(%s, %s)",
                [_LOCK, number],
            )
