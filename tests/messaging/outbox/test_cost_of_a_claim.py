"""What a claim costs PostgreSQL: it reads the rows that it claims, and writes no index."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import CharField
from django.db.models.functions import Cast, Now

from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import claims
from apps.messaging.outbox.claims import BATCH, PROBES, claim
from tests.messaging.support.rows import record
from tests.support.statements import statements_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts no rows"),
]


def test_a_claim_reads_no_more_rows_of_a_long_key() -> None:
    """Counted by PostgreSQL, not timed: the rows of a claim, and not those of the key."""
    read = {}
    for length in (BATCH, 20 * BATCH):
        OutboxMessage.objects.all().delete()
        fill_one_key(length)
        read[length] = rows_read_by(lambda: claim("jetstream"))
    assert read[BATCH] >= BATCH
    assert read[20 * BATCH] < 2 * read[BATCH]


def test_a_claim_of_a_backlog_reads_no_row_that_is_sent() -> None:
    """While a backlog is sent, PostgreSQL's statistics still say that all of its rows wait."""
    fill_one_key(21 * BATCH)
    waiting = OutboxMessage.objects.order_by("id").values("id")[20 * BATCH :]
    OutboxMessage.objects.exclude(id__in=waiting).update(sent_at=Now())
    assert rows_read_by(lambda: claim("jetstream")) < 5 * BATCH


def test_a_claim_of_a_fresh_row_reads_no_older_row_that_is_held() -> None:
    """Their destination is away, and was for long: each row of another one is claimed in time."""
    fill_one_key(20 * BATCH)
    in_an_hour = Now() + timedelta(hours=1)
    OutboxMessage.objects.update(
        key=Cast("id", CharField()), not_before=in_an_hour, postponed_since=Now()
    )
    record("another pot")
    vacuum()
    assert rows_read_by(lambda: claims._look("jetstream", PROBES)) < 20
    assert rows_read_by(lambda: claim("jetstream", is_woken=True)) < 20
    assert OutboxMessage.objects.get(key="another pot").lease_token


def test_the_look_for_due_rows_reads_no_more_of_a_long_hold() -> None:
    fill_one_key(20 * BATCH)
    OutboxMessage.objects.update(
        key=Cast("id", CharField()), not_before=Now(), postponed_since=Now()
    )
    vacuum()
    assert len(claims._probes("jetstream", PROBES)) == PROBES
    assert rows_read_by(lambda: claims._probes("jetstream", PROBES)) < 5 * PROBES


def test_a_lease_writes_no_index() -> None:
    """Its page has room for it: a HOT update."""
    fill_one_key(BATCH)
    with transaction.atomic():
        before = counted("n_tup_hot_upd")
        assert len(claim("jetstream").rows) == BATCH
        assert counted("n_tup_hot_upd") - before > 0.9 * BATCH


def test_a_claim_after_a_wake_up_takes_three_statements() -> None:
    """The lock, the look and the lease. A poll that finds nothing takes one."""
    assert statements_of(lambda: claim("jetstream")) == ["SELECT"]
    record("pot")
    assert statements_of(lambda: claim("jetstream", is_woken=True)) == ["SELECT", "SELECT", "WITH"]


def fill_one_key(length: int) -> None:
    """Insert rows of a usual size: a table of a few pages PostgreSQL reads whole, and rightly."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO messaging_outboxmessage (message_id, lane, destination, key, headers,"
            " body, lease_token, tries, error) SELECT gen_random_uuid(), 'jetstream',"
            " 'teas.brewed', 'pot', '{}', repeat('x', 900), '', 0, '' FROM generate_series(1, %s)",
            [length],
        )
    vacuum()


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE messaging_outboxmessage")


def rows_read_by(act: Callable[[], object]) -> int:
    """Return how many rows of the outbox this connection reads for it, by scans and by indexes.

    Counters of the whole server would also have what connections of earlier tests report late.
    """

    with transaction.atomic():  # The counters are reported, and begin at 0, between transactions.
        before = counted("seq_tup_read + idx_tup_fetch")
        act()
        return counted("seq_tup_read + idx_tup_fetch") - before


def counted(what: str) -> int:
    """Return a counter of the outbox's table in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {what} FROM pg_stat_xact_user_tables WHERE relname = 'messaging_outboxmessage'"
        )
        (count,) = cursor.fetchone()
    return int(count)
