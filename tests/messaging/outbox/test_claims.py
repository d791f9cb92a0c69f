"""Claims of a relay, and what it stores for each row: oldest first, in order for each key."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox import claims
from apps.messaging.outbox.claims import LAST_CALL, LEASE, claim
from apps.messaging.outbox.marks import MAX_TRIES, mark
from apps.messaging.outbox.rows import Claimed, Outcome, Postponed, Rejected, Sent
from tests.messaging.support.events import WashCup
from tests.messaging.support.rows import let_leases_expire, record

pytestmark = pytest.mark.django_db(transaction=True)
needs_row_locks = pytest.mark.skipif(
    not connection.features.has_select_for_update_skip_locked, reason="SQLite locks no rows"
)


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


def test_a_lease_begins_after_the_look_for_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that lasts as long as a lease would leave no time to send what it found."""
    look, looked = claims._oldest_fresh, []

    def noted(*arguments: str) -> tuple[list[int], bool]:
        found = look(*arguments)
        looked.append(time.monotonic())
        return found

    monkeypatch.setattr(claims, "_oldest_fresh", noted)
    record("a")
    (row,) = claim("jetstream").rows
    assert row.lease.by_monotonic_clock >= looked[0] + (LEASE - LAST_CALL).total_seconds()


def test_rows_of_one_key_are_claimed_together_oldest_first() -> None:
    rows = record("a", "a", "b")
    assert [row.id for row in claim("jetstream")[1]] == [row.pk for row in rows]


def test_a_row_behind_a_leased_one_of_its_key_waits() -> None:
    record("a", "b")
    claim("jetstream")
    record("a", "c")
    assert keys_of(claim("jetstream")[1]) == ["c"]


def test_rows_behind_more_leased_rows_than_a_batch_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "BATCH", 2)
    record(*"abcdefg")
    for expected in ("ab", "cd", "ef"):
        assert keys_of(claim("jetstream")[1]) == list(expected)


def test_a_dead_row_holds_the_later_rows_of_its_key() -> None:
    dead, *_ = record("a", "a", "b")
    OutboxMessage.objects.filter(pk=dead.pk).update(dead_at=timezone.now())
    assert keys_of(claim("jetstream")[1]) == ["b"]


def test_a_row_without_an_outcome_is_free_again_and_not_blamed() -> None:
    record("a", "a")
    token, (first, second) = claim("jetstream")
    mark("jetstream", token, [first, second], {first.id: Rejected("too large")})
    rows = OutboxMessage.objects.order_by("id").values_list("tries", "lease_until", "error")
    assert list(rows) == [(1, None, "too large"), (0, None, "")]
    assert len(claim("jetstream")[1]) == 2


@needs_row_locks
def test_a_row_that_a_transaction_locks_holds_the_later_ones_of_its_key() -> None:
    """The transaction may discard it, or may not; the relay waits for neither."""
    first, *_ = record("a", "a", "b")
    with transaction.atomic():
        OutboxMessage.objects.select_for_update().get(pk=first.pk)
        with ThreadPoolExecutor(1) as other:
            rows = other.submit(claim_of_its_own).result()
    assert keys_of(rows) == ["b"]
    assert keys_of(claim("jetstream")[1]) == ["a", "a"]


@needs_row_locks
def test_relays_that_claim_at_once_share_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH", 7)
    record(*("ab" * 20), *"cdefgh")
    with ThreadPoolExecutor(4) as relays:
        batches = [each.result() for each in [relays.submit(claim_of_its_own) for _ in range(8)]]
    owners = [{(row.key, number) for row in rows} for number, rows in enumerate(batches)]
    claimed = [key for each in owners for key, _ in each]
    assert sorted(claimed) == sorted(set(claimed))
    assert {"a", "b"} <= set(claimed)


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


def test_marking_a_batch_uses_one_transaction() -> None:
    """Without one, a failure in the middle keeps some on SQLite and none on PostgreSQL."""
    record("a", "b", "c")
    token, rows = claim("jetstream")
    in_transaction: list[bool] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE"):
            in_transaction.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    outcomes: dict[int, Outcome] = {rows[0].id: Sent(1), rows[1].id: Rejected("too large")}
    with connection.execute_wrapper(watch):
        mark("jetstream", token, rows, outcomes)
    assert len(in_transaction) == 3  # The sent row, the rejected one, and those that are freed.
    assert all(in_transaction)


def test_each_row_stores_its_own_sequence() -> None:
    rows = record("a", "b", "c")
    token, claimed = claim("jetstream")
    places = {rows[0].pk: 7, rows[1].pk: 9, rows[2].pk: 8}
    assert mark("jetstream", token, claimed, {id: Sent(at) for id, at in places.items()}) == 3
    assert dict(OutboxMessage.objects.values_list("id", "stream_sequence")) == places


def test_jobs_are_marked_without_a_sequence() -> None:
    with transaction.atomic():
        outbox.record(WashCup(cup=1), key="a")
    token, rows = claim("sqs")
    assert mark("sqs", token, rows, {rows[0].id: Sent()}) == 1
    assert OutboxMessage.objects.get().stream_sequence is None


def claim_of_its_own() -> list[Claimed]:
    """Claim on a connection of this thread."""
    try:
        return claim("jetstream")[1]
    finally:
        connection.close()
