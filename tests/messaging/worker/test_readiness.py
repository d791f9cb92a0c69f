"""A ready worker misses no message: the server already has its subscriptions."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers.nats_for_workers import connected, subscribed
from apps.messaging.outbox import wakeup
from apps.messaging.outbox.relay import relay_jetstream
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.queue_group import serving
from apps.messaging.request_reply.responder import answering
from apps.messaging.request_reply.warm_cache import WarmCache, kept_fresh
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.questions import SUBJECT, service
from tests.messaging.support.stub_nats import StubServer, stub_server

type Loop = Callable[[Worker], Awaitable[None]]

PATIENCE = 60.0


async def _keeping_fresh(worker: Worker) -> None:
    """Ready means that the cache was read, which needs the subscription to changes first."""
    cache = WarmCache(read=lambda: None, every_seconds=60, changes={"teas.>": print})
    async with connected(worker) as nc, kept_fresh(cache, nc, stale=asyncio.Event(), worker=worker):
        worker.ready()


LOOPS: dict[str, tuple[Loop, str]] = {
    "listener": (listening("teas.>", print), "teas.>"),
    "member": (serving("jobs.wash", "washers", print), "jobs.wash"),
    "responder": (answering(service()), SUBJECT),
    "warm cache": (_keeping_fresh, "teas.>"),
    "relay": (partial(relay_jetstream, wakeups={"jetstream": asyncio.Event()}), wakeup.SUBJECT),
}


@pytest.mark.parametrize(("loop", "subject"), LOOPS.values(), ids=LOOPS.keys())
def test_a_worker_is_ready_after_the_server_confirmed_its_subscription(
    settings: Settings, loop: Loop, subject: str
) -> None:
    lines = asyncio.run(_sent_when_ready(loop, settings))
    subscribed_at = next(at for at, line in enumerate(lines) if subject.encode() in line)
    assert b"PING\r\n" in lines[subscribed_at:]


async def _sent_when_ready(loop: Loop, settings: Settings) -> list[bytes]:
    async with stub_server() as stub, asyncio.timeout(PATIENCE):
        settings.NATS_URL = stub.url
        lines: list[bytes] = []
        worker = Worker("test")

        def note_and_stop() -> None:
            if worker.is_ready:
                lines.extend(stub.lines)
                worker.stop()

        worker.on_change = note_and_stop
        await loop(worker)
    return lines


def test_a_subscription_made_during_an_outage_waits_for_the_reconnect(
    settings: Settings,
) -> None:
    asyncio.run(_subscribe_while_away(settings))


async def _subscribe_while_away(settings: Settings) -> None:
    async with stub_server() as stub, asyncio.timeout(PATIENCE):
        settings.NATS_URL = stub.url
        worker = Worker("test")
        async with connected(worker) as nc:
            stub.hang_up()
            while nc.is_connected:
                await asyncio.sleep(0)
            stub.lines.clear()
            await nc.subscribe("teas.>")
            await subscribed(nc, worker)
            assert _has_it(stub)


def _has_it(stub: StubServer) -> bool:
    at = stub.verbs().index(b"SUB")
    return b"PING" in stub.verbs()[at:]
