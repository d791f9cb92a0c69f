"""Claims of a relay, and what it stores for each row: oldest first, in order for each key."""

from typing import Any

import pytest
from django.db import connection, transaction

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.claims import claim
from apps.messaging.outbox.marks import MAX_TRIES, mark
from apps.messaging.outbox.rows import Claimed, Postponed, Rejected, Sent
from tests.messaging.support.events import WashCup
from tests.messaging.support.rows import let_leases_expire, record

pytestmark = pytest.mark.django_db(transaction=True)


def keys_of(rows: list[Claimed]) -> list[str]:
    return [row.key for row in rows]


def test_rows_are_claimed_oldest_first() -> None:
    record("a", "b", "c")
    assert keys_of(claim("jetstream")[1]) == ["a", "b", "c"]


def test_a_claimed_row_is_not_claimed_again() -> None:
    record("a")
    claim("jetstream")
    assert claim("jetstream") == ("", [])


def test_a_claim_that_expired_is_taken_over() -> None:
    record("a")
    claim("jetstream")
    let_leases_expire()
    assert keys_of(claim("jetstream")[1]) == ["a"]


def test_a_younger_message_waits_for_the_older_of_its_key() -> None:
    record("a", "a", "b")
    token, rows = claim("jetstream")
    assert keys_of(rows) == ["a", "b"]
    mark("jetstream", token, rows, {row.id: Sent(1) for row in rows})
    assert keys_of(claim("jetstream")[1]) == ["a"]


def test_each_transport_claims_its_own_rows() -> None:
    record("a")
    with transaction.atomic():
        outbox.record(WashCup(cup=1), key="a")
    assert [row.destination for row in claim("sqs")[1]] == ["cups"]


def test_sent_rows_store_their_stream_sequence() -> None:
    record("a")
    token, rows = claim("jetstream")
    assert mark("jetstream", token, rows, {rows[0].id: Sent(41)}) == 1
    row = OutboxMessage.objects.get()
    assert row.sent_at is not None
    assert row.stream_sequence == 41


def test_a_relay_that_lost_its_lease_marks_nothing() -> None:
    record("a")
    slow_token, rows = claim("jetstream")
    let_leases_expire()
    claim("jetstream")
    assert mark("jetstream", slow_token, rows, {rows[0].id: Sent(1)}) == 0
    assert OutboxMessage.objects.get().sent_at is None


def test_a_postponed_row_is_claimable_and_never_dead() -> None:
    record("a")
    for _ in range(MAX_TRIES + 1):
        token, rows = claim("jetstream")
        mark("jetstream", token, rows, {rows[0].id: Postponed("NATS is away")})
    row = OutboxMessage.objects.get()
    assert (row.dead_at, row.tries) == (None, 0)


def test_a_row_rejected_too_often_becomes_a_dead_letter() -> None:
    record("a")
    for _ in range(MAX_TRIES):
        token, rows = claim("jetstream")
        mark("jetstream", token, rows, {rows[0].id: Rejected("too large")})
    assert OutboxMessage.objects.get().dead_at is not None
    assert DeadLetter.objects.get().reason == "too large"
    assert claim("jetstream") == ("", [])


def test_settling_a_batch_uses_one_transaction() -> None:
    """Without one, a failure in the middle keeps some on SQLite and none on PostgreSQL."""
    record("a", "b")
    token, rows = claim("jetstream")
    in_transaction: list[bool] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if many:
            in_transaction.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        mark("jetstream", token, rows, {row.id: Sent(1) for row in rows})
    assert in_transaction == [True]
