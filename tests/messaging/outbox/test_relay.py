"""A batch of the relay: claim, publish, mark."""

import asyncio
from collections.abc import Mapping

import pytest

from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.batches import Batches
from apps.messaging.outbox.relay import relay_batch
from apps.messaging.outbox.rows import Claimed, Outcome, Postponed, Sent
from tests.messaging.support.rows import record

pytestmark = pytest.mark.django_db(transaction=True)


def keys_of(rows: list[Claimed]) -> list[str]:
    return [row.key for row in rows]


def test_a_batch_is_published_and_marked() -> None:
    record("a", "b")
    published: list[str] = []

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        published.extend(keys_of(rows))
        return {row.id: Sent(1) for row in rows}

    assert asyncio.run(relay_batch(Batches("jetstream"), publish)) == (2, "")
    assert published == ["a", "b"]
    assert not OutboxMessage.objects.filter(sent_at=None).exists()


def test_a_postponed_batch_returns_the_reason() -> None:
    record("a")

    async def publish(rows: list[Claimed]) -> Mapping[int, Outcome]:
        return {row.id: Postponed("NATS is away") for row in rows}

    assert asyncio.run(relay_batch(Batches("jetstream"), publish)) == (0, "NATS is away")
