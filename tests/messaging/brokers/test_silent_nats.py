"""A nats-server that is connected and silent: each question is given up after its longest time."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from nats.js.api import ConsumerConfig, PubAck

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_for_workers import subscribed
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway
from apps.messaging.outbox.doubts import settle_doubts
from apps.messaging.outbox.rows import DestinationAway
from apps.messaging.recovery.stream_losses import check
from apps.messaging.recovery.stream_reading import StreamReading
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.events import TEAS
from tests.messaging.support.rows import make_claimed
from tests.support.nats_server import NatsServer
from tests.support.silent import stopped
from tests.support.waiting import at_least

pytestmark = pytest.mark.one_database

CALL_SECONDS = 0.3
LATEST = 4.5
"""Seconds after which none may wait any more, also on a busy machine: shorter than the time by
default, so that a wait for that one shows."""


@pytest.fixture(autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    nats_for_threads.close()


@contextmanager
def silent(server: NatsServer) -> Iterator[None]:
    """Stop the server; the block must wait for `NATS_CALL_SECONDS`, and not much longer.

    They are few for this block alone: a server that is not stopped may be slower.
    """
    assert server.process
    few = replace(settings.LONGEST_TIMES, nats_call=CALL_SECONDS)
    with stopped(server.process.pid), override_settings(LONGEST_TIMES=few):
        begun = time.monotonic()
        yield
        assert at_least(CALL_SECONDS) <= time.monotonic() - begun < LATEST


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda _: StreamReading(TEAS.name, ConsumerConfig()), id="begin to read"),
        pytest.param(StreamReading.pending, id="count what is left"),
    ],
)
def test_the_reading_of_a_stream_ends(
    teas_stream: NatsServer, ask: Callable[[StreamReading], object]
) -> None:
    reading = StreamReading(TEAS.name, ConsumerConfig())
    with silent(teas_stream), pytest.raises(BrokerAway, match="the stream cannot be read"):
        ask(reading)


@pytest.mark.django_db
def test_the_search_for_losses_ends(teas_stream: NatsServer) -> None:
    assert check(TEAS) == 0
    with silent(teas_stream), pytest.raises(BrokerAway, match="the stream cannot be read"):
        check(TEAS)


def beside(
    server: NatsServer, work: Callable[[PatchedClient], Coroutine[Any, Any, object]]
) -> object:
    """Do the work on a connection whose server is silent meanwhile."""

    async def while_silent(nc: PatchedClient) -> object:
        with silent(server):
            return await work(nc)

    return on_nats(server, while_silent)


def test_a_doubted_ack_is_not_waited_for_longer(teas_stream: NatsServer) -> None:
    row = make_claimed()
    ack = PubAck(stream=TEAS.name, seq=1, duplicate=True)

    async def settle(nc: PatchedClient) -> object:
        return (await settle_doubts(nc, [row], {row.id: ack}))[row.id]

    outcome = beside(teas_stream, settle)
    assert isinstance(outcome, DestinationAway)
    assert "not found yet" in outcome.error


def test_the_wait_for_subscriptions_ends_with_the_worker(nats_server: NatsServer) -> None:
    async def stop_while_it_waits(nc: PatchedClient) -> None:
        worker = Worker("test")
        waiting = asyncio.create_task(subscribed(nc, worker))
        await asyncio.sleep(0)  # It waits for the server's answer now.
        worker.stopping.set()
        await waiting

    beside(nats_server, stop_while_it_waits)
