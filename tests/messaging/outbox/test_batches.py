"""The relay's batches: the next is claimed while one is published, and given back if need be."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import claims
from apps.messaging.outbox.batches import Batches
from apps.messaging.outbox.claims import claim
from apps.messaging.outbox.relay import relay_batch
from apps.messaging.outbox.rows import Claimed, Outcome, Rejected, Sent
from apps.messaging.worker.threads import in_thread
from tests.messaging.support.rows import record
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH", 2)


async def send(rows: list[Claimed]) -> Mapping[int, Outcome]:
    return {row.id: Sent(row.id) for row in rows}


async def reject(rows: list[Claimed]) -> Mapping[int, Outcome]:
    return {row.id: Rejected("too large") for row in rows}


def leased() -> list[str]:
    rows = OutboxMessage.objects.filter(sent_at=None, lease_until__isnull=False)
    return list(rows.order_by("id").values_list("key", flat=True))


def unsent() -> list[str]:
    rows = OutboxMessage.objects.filter(sent_at=None)
    return list(rows.order_by("id").values_list("key", flat=True))


def test_the_next_batch_is_claimed_while_one_is_published() -> None:
    record(*"abcd")

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        await in_thread(lambda: eventually(lambda: leased() == ["a", "b", "c", "d"]))
        return await send(rows)

    assert asyncio.run(relay_batch(Batches("jetstream"), publish)) == (2, "")


def test_a_batch_is_marked_while_the_next_is_published() -> None:
    record(*"abcd")

    async def publish_second(rows: list[Claimed]) -> Mapping[int, Outcome]:
        await in_thread(lambda: eventually(lambda: unsent() == ["c", "d"]))
        return await send(rows)

    async def both() -> None:
        relayed = Batches("jetstream")
        await relay_batch(relayed, send)
        await relay_batch(relayed, publish_second)
        await relayed.finish()

    asyncio.run(both())
    assert unsent() == []


def test_nothing_is_claimed_behind_a_batch_that_is_not_full() -> None:
    record("a")

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        await in_thread(lambda: record("b"))
        return await send(rows)

    async def one() -> list[str]:
        relayed = Batches("jetstream")
        await relay_batch(relayed, publish)
        return await in_thread(leased)

    assert asyncio.run(one()) == []


def test_later_rows_of_a_key_are_claimed_behind_its_earlier_ones() -> None:
    record("a", "a", "a", "b")
    first = claim("jetstream")
    assert claim("jetstream").rows[0].key == "b"
    OutboxMessage.objects.filter(key="b").update(lease_until=None, lease_token="")
    assert [row.key for row in claim("jetstream", behind=first.token).rows] == ["a", "b"]


def test_a_batch_behind_a_row_that_is_not_sent_is_given_back() -> None:
    record("a", "a", "a", "b")
    published: list[list[int]] = []

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        published.append([row.id for row in rows])
        return await (reject if len(published) == 1 else send)(rows)

    async def all_of_it() -> list[str]:
        relayed = Batches("jetstream")
        await relay_batch(relayed, publish)
        left = await in_thread(leased)
        while (await relay_batch(relayed, publish))[0]:
            pass
        return left

    assert asyncio.run(all_of_it()) == []
    assert published[1] == published[0]
    assert sorted(published[1] + published[2]) == published[1] + published[2]
    assert unsent() == []


def test_a_stop_leaves_no_row_leased_and_none_unmarked() -> None:
    record(*"abcdef")

    async def one() -> None:
        relayed = Batches("jetstream")
        await relay_batch(relayed, send)
        await relayed.finish()

    asyncio.run(one())
    assert (leased(), unsent()) == ([], ["c", "d", "e", "f"])


def test_a_claim_that_fails_loses_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    record(*"abc")
    asked: list[str] = []

    def fail_once(transport: str, *, behind: str, **more: Any) -> object:
        asked.append(behind)
        if len(asked) == 2:
            raise OperationalError("the server is gone")
        return claim(transport, behind=behind, **more)

    monkeypatch.setattr(claims, "claim", fail_once)

    async def three() -> list[str]:
        relayed = Batches("jetstream")
        await relay_batch(relayed, send)
        with pytest.raises(OperationalError):
            await relay_batch(relayed, send)
        await relay_batch(relayed, send)
        return await in_thread(unsent)

    assert asyncio.run(three()) == []


def test_a_stop_marks_what_was_sent_though_the_next_claim_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record(*"abcd")

    def fail_behind(transport: str, *, behind: str, **more: Any) -> object:
        if behind:
            raise OperationalError("the server is gone")
        return claim(transport, **more)

    monkeypatch.setattr(claims, "claim", fail_behind)

    async def one() -> None:
        relayed = Batches("jetstream")
        await relay_batch(relayed, send)
        await relayed.finish()

    asyncio.run(one())
    assert unsent() == ["c", "d"]


def test_a_slow_publish_leaves_the_next_batch_its_whole_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(claims, "LEASE", claims.LAST_CALL + timedelta(seconds=6))
    record("a", "a", "a", "b")
    published: list[int] = []

    def use_up_the_lease_of_the_next() -> None:
        eventually(lambda: len(leased()) == 4)
        claimed_ahead = time.monotonic()
        eventually(lambda: time.monotonic() > claimed_ahead + 6)

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        assert not any(row.lease.is_over for row in rows)
        if not published:
            await in_thread(use_up_the_lease_of_the_next)
        published.extend(row.id for row in rows)
        return await send(rows)

    async def all_of_it() -> None:
        relayed = Batches("jetstream")
        while (await relay_batch(relayed, publish))[0]:
            pass

    asyncio.run(all_of_it())
    assert (unsent(), published) == ([], sorted({*published}))
