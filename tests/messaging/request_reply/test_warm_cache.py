"""A cache in memory that receives changes, and is refreshed completely at intervals."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply import warm_cache
from apps.messaging.request_reply.warm_cache import WarmCache, kept_fresh
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually


def keeping(cache: WarmCache) -> Callable[[Worker], Awaitable[None]]:
    async def loop(worker: Worker) -> None:
        stale = asyncio.Event()
        async with (
            connected(worker, on_reconnect=stale.set) as nc,
            kept_fresh(cache, nc, stale=stale, worker=worker),
        ):
            worker.ready()
            await idle(nc, worker)

    return loop


@pytest.fixture
def readings() -> list[str]:
    return []


def test_the_cache_is_read_before_the_worker_is_ready(
    nats_server: NatsServer, readings: list[str]
) -> None:
    cache = WarmCache(read=partial(readings.append, "read"), every_seconds=60)
    with running(keeping(cache)):
        assert readings == ["read"]


def test_the_cache_is_refreshed_periodically(nats_server: NatsServer, readings: list[str]) -> None:
    cache = WarmCache(read=partial(readings.append, "read"), every_seconds=0.05)
    with running(keeping(cache)):
        eventually(lambda: len(readings) > 3, within=2)


def test_the_cache_is_refreshed_after_a_reconnect(
    nats_server: NatsServer, readings: list[str]
) -> None:
    cache = WarmCache(read=partial(readings.append, "read"), every_seconds=60)
    with running(keeping(cache)):
        nats_server.kill()
        nats_server.start()
        eventually(lambda: len(readings) == 2, within=5)


def test_the_cache_receives_changes(nats_server: NatsServer) -> None:
    received: list[CoreMessage] = []
    cache = WarmCache(
        read=lambda: None, every_seconds=60, changes={"kitchen.news": received.append}
    )
    with running(keeping(cache)):
        on_nats(nats_server, lambda nc: nc.publish("kitchen.news", b"hot"))
        eventually(lambda: received)


def test_a_failed_refresh_is_logged_and_retried(
    nats_server: NatsServer,
    readings: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(warm_cache, "RETRY_SECONDS", 0.01)

    def read() -> None:
        readings.append("read")
        if len(readings) in (1, 3):
            raise RuntimeError("the book is away")

    with running(keeping(WarmCache(read=read, every_seconds=0.05))):
        eventually(lambda: len(readings) > 3, within=2)
    assert caplog.messages.count("cache not read") == 2
