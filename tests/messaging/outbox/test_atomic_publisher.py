"""Batches of the relay: stored as a whole and in order, or each row for itself as before."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from nats.js import JetStreamContext

from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.message import MESSAGE_ID
from apps.messaging.operations.provisioning import add_stream
from apps.messaging.outbox import jetstream_publisher
from apps.messaging.outbox.atomic_publisher import BATCH_ID, AtomicPublisher
from apps.messaging.outbox.rows import (
    LEASE_ENDED,
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Rejected,
    RowLease,
    Sent,
)
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import TEAS
from tests.messaging.support.rows import make_claimed
from tests.support.nats_server import NatsServer
from tests.support.silent import stopped

LARGEST = 200
type Stored = list[tuple[str, bool]]
"""The id of each message in the stream, and whether it came in a batch."""


@pytest.fixture(autouse=True)
def no_stream_is_left(nats_server: NatsServer) -> Iterator[None]:
    yield
    nats_server.start()
    forget(nats_server)


def make_rows(*keys: str) -> list[Claimed]:
    return [make_claimed(id=number, key=key) for number, key in enumerate(keys, start=1)]


async def stored(jetstream: JetStreamContext) -> Stored:
    state = (await jetstream.stream_info(TEAS.name)).state
    places = range(state.first_seq, state.last_seq + 1) if state.messages else ()
    found = [(await jetstream.get_msg(TEAS.name, place)).headers or {} for place in places]
    return [(each[MESSAGE_ID], BATCH_ID in each) for each in found]


def publishing[T](
    server: NatsServer,
    work: Callable[[AtomicPublisher, PatchedJetStream, PatchedClient], Coroutine[Any, Any, T]],
    **stream: Any,
) -> T:
    """Do something with a publisher that knows the stream, which is empty again."""

    async def on_stream(nc: PatchedClient) -> T:
        jetstream = PatchedJetStream(nc)
        await add_stream(jetstream, TEAS.config().evolve(**stream))
        publisher = AtomicPublisher(nc, jetstream)
        await publisher.publish([make_claimed()])
        await jetstream.purge_stream(TEAS.name)
        return await work(publisher, jetstream, nc)

    return on_nats(server, on_stream)


def published(
    server: NatsServer, rows: list[Claimed], **stream: Any
) -> tuple[dict[int, Outcome], Stored]:
    async def work(
        publisher: AtomicPublisher, jetstream: PatchedJetStream, _: PatchedClient
    ) -> tuple[dict[int, Outcome], Stored]:
        return await publisher.publish(rows), await stored(jetstream)

    return publishing(server, work, **stream)


def ids(rows: list[Claimed]) -> list[str]:
    return [str(row.message_id) for row in rows]


def places(rows: list[Claimed], outcomes: dict[int, Outcome]) -> list[int | None]:
    found = [outcomes.get(row.id) for row in rows]
    return [each.sequence for each in found if isinstance(each, Sent)]


def test_a_batch_is_stored_in_order_with_the_sequence_of_each(nats_server: NatsServer) -> None:
    rows = make_rows("a", "a", "b", "a")
    outcomes, found = published(nats_server, rows)
    assert found == [(id, True) for id in ids(rows)]
    assert places(rows, outcomes) == [2, 3, 4, 5]  # 1 was the first of all.


def test_a_batch_with_a_known_id_is_stored_one_by_one(nats_server: NatsServer) -> None:
    """As after a crash between publish and mark: some of its rows are stored, or all."""
    rows = make_rows("a", "a", "b", "a")

    async def work(
        publisher: AtomicPublisher, jetstream: PatchedJetStream, _: PatchedClient
    ) -> tuple[dict[int, Outcome], dict[int, Outcome], Stored]:
        await publisher.publish(rows[:2])
        some = await publisher.publish(rows)
        return some, await publisher.publish(rows), await stored(jetstream)

    some, again, found = publishing(nats_server, work)
    assert places(rows, some) == places(rows, again)
    assert [id for id, _ in found] == [ids(rows)[at] for at in (0, 1, 2, 3)]


def test_a_batch_that_the_stream_has_lost_is_stored_again(nats_server: NatsServer) -> None:
    rows = make_rows("a", "a", "b")

    async def work(
        publisher: AtomicPublisher, jetstream: PatchedJetStream, _: PatchedClient
    ) -> tuple[dict[int, Outcome], Stored]:
        await publisher.publish(rows)
        await jetstream.purge_stream(TEAS.name)
        return await publisher.publish(rows), await stored(jetstream)

    outcomes, found = publishing(nats_server, work)
    assert len(places(rows, outcomes)) == 3
    assert [id.partition(":")[0] for id, _ in found if id.startswith(ids(rows)[0])] == ids(rows)[:1]
    assert len(found) == 3


FAULTY: dict[str, dict[str, Any]] = {
    "over the stream's limit": {"body": "x" * LARGEST},
    "over the server's limit": {"body": "x" * 1_048_577},
    "an invalid header": {"headers": '{"a name": "1"}'},
    "headers that are no JSON": {"headers": "{"},
    "no text": {"body": '"\ud800"'},
    "for another stream": {"headers": '{"Nats-Expected-Stream": "CUPS"}'},
    "headers of a batch": {"headers": '{"Nats-Batch-Commit": "1"}'},
}


@pytest.mark.parametrize("at", [1, 3], ids=["in the middle", "last of the batch"])
@pytest.mark.parametrize("faulty", FAULTY.values(), ids=FAULTY.keys())
def test_only_the_faulty_row_is_blamed_and_its_key_waits(
    nats_server: NatsServer, faulty: dict[str, Any], at: int
) -> None:
    rows = make_rows("a", "b", "b", "c")
    rows[at] = replace(rows[at], **faulty)
    outcomes, found = published(nats_server, rows, max_msg_size=LARGEST)
    assert isinstance(outcomes.pop(rows[at].id), Rejected)
    sent = [row for row in rows if row.id in outcomes]
    assert all(isinstance(each, Sent) for each in outcomes.values())
    assert {id for id, _ in found} == set(ids(sent))
    assert [row.key for row in sent] == (["a", "c"] if at == 1 else ["a", "b", "b"])


def test_a_header_with_a_line_break_is_stored_as_one_by_one(nats_server: NatsServer) -> None:
    rows = make_rows("a", "b")
    rows[0] = replace(rows[0], headers='{"note": "two\\nlines"}')
    outcomes, found = published(nats_server, rows)
    assert len(places(rows, outcomes)) == 2
    assert not any(in_a_batch for _, in_a_batch in found)


def test_a_stream_that_was_not_provisioned_for_batches_gets_single_messages(
    nats_server: NatsServer,
) -> None:
    rows = make_rows("a", "a", "b")
    outcomes, found = published(nats_server, rows, allow_atomic=False)
    # The two turns: the first row of each key, then the second of `a`.
    assert found == [(ids(rows)[at], False) for at in (0, 2, 1)]
    assert [outcomes[row.id] for row in rows] == [Sent(2, "TEAS"), Sent(4, "TEAS"), Sent(3, "TEAS")]


@pytest.mark.parametrize("version", ["2.11.11", "2.12", "v2.14.0", "our-own-build"])
def test_a_server_before_batches_or_of_unknown_version_gets_single_messages(
    nats_server: NatsServer, version: str
) -> None:
    rows = make_rows("a", "a")

    async def work(
        publisher: AtomicPublisher, jetstream: PatchedJetStream, nc: PatchedClient
    ) -> None:
        assert nc._current_server
        nc._current_server.server_version = version
        await publisher.publish(rows)
        assert await stored(jetstream) == [(id, False) for id in ids(rows)]

    publishing(nats_server, work)


def test_a_batch_over_the_streams_space_fills_it_one_by_one(nats_server: NatsServer) -> None:
    rows = make_rows(*(f"key-{number}" for number in range(10)))
    outcomes, found = published(nats_server, rows, max_bytes=700)
    assert 0 < len(found) < len(rows)
    away = [each for each in outcomes.values() if isinstance(each, DestinationAway)]
    assert len(away) == len(rows) - len(found)


def test_a_row_that_was_held_goes_alone(nats_server: NatsServer) -> None:
    rows = make_rows("a", "b", "b", "c")
    rows[1] = replace(rows[1], waited=timedelta(seconds=1))
    _, found = published(nats_server, rows)
    assert dict(found) == dict(zip(ids(rows), [True, False, False, True], strict=True))


def test_nothing_of_a_batch_is_published_after_the_lease_ended(nats_server: NatsServer) -> None:
    over = RowLease(by_monotonic_clock=0.0)
    rows = [replace(row, lease=over) for row in make_rows("a", "b")]
    outcomes, found = published(nats_server, rows)
    assert (outcomes, found) == ({rows[0].id: LEASE_ENDED}, [])


def test_a_batch_without_an_ack_is_stored_once_and_in_order(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make_rows("a", "a", "b", "a")

    async def work(
        publisher: AtomicPublisher, jetstream: PatchedJetStream, _: PatchedClient
    ) -> tuple[dict[int, Outcome], dict[int, Outcome], Stored]:
        assert nats_server.process
        monkeypatch.setattr(jetstream_publisher, "ACK_DEADLINE", 0.5)
        with stopped(nats_server.process.pid):  # Connected, and silent.
            unknown = await publisher.publish(rows)
        monkeypatch.setattr(jetstream_publisher, "ACK_DEADLINE", 5.0)
        return unknown, await publisher.publish(rows), await stored(jetstream)

    unknown, again, found = publishing(nats_server, work)
    # The first row of each key asks again later; the rows behind it are not held.
    assert {id: type(each) for id, each in unknown.items()} == {
        rows[0].id: DestinationAway,
        rows[2].id: DestinationAway,
    }
    assert [id for id, _ in found] == ids(rows)
    assert places(rows, again) == [2, 3, 4, 5]


def test_a_lost_connection_postpones_all_rows_of_a_batch(nats_server: NatsServer) -> None:
    rows = make_rows("a", "a", "b")

    async def work(
        publisher: AtomicPublisher, _: PatchedJetStream, nc: PatchedClient
    ) -> dict[int, Outcome]:
        nats_server.kill()
        while nc.is_connected:
            await asyncio.sleep(0.01)
        return await publisher.publish(rows)

    outcomes = publishing(nats_server, work)
    assert [type(outcomes[row.id]) for row in rows] == [Postponed] * 3
