"""NATS calls of synchronous code, on a real nats-server."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import BrokerAway
from apps.messaging.outbox import wakeup
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.waiting import at_most, eventually


async def client_id(nc: Client) -> int | None:
    return nc.client_id


def is_away() -> bool:
    try:
        nats_for_threads.call(client_id, timeout=0.05)
    except BrokerAway:
        return True
    except TimeoutError:  # It has a connection, and only the answer is late.
        return False
    return False


def test_the_result_of_a_call_is_returned(nats_server: NatsServer) -> None:
    assert nats_for_threads.call(client_id, timeout=60)


def test_threads_share_one_connection(nats_server: NatsServer) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: nats_for_threads.call(client_id, timeout=60), range(40)))
    assert len(set(ids)) == 1


def test_a_process_connects_before_something_is_timed(nats_server: NatsServer) -> None:
    nats_server.stop()
    with pytest.raises(BrokerAway, match=r"within 0\.1 s"):
        nats_for_threads.connect(timeout=0.1)
    nats_server.start()
    nats_for_threads.connect(timeout=60)
    assert nats_for_threads.connection()


def test_a_listener_added_while_connecting_gets_messages(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: set[str] = set()
    subscribe = Client.subscribe

    async def on_msg(msg: Msg) -> None:
        received.add(msg.subject)

    async def subscribe_as_another_comes(nc: Client, subject: str, **options: Any) -> object:
        monkeypatch.setattr(Client, "subscribe", subscribe)
        nats_for_threads.listen("late", on_msg)
        await asyncio.sleep(0.01)
        return await nc.subscribe(subject, **options)

    async def say_both(nc: Client) -> None:
        for subject in ("early", "late"):
            await nc.publish(subject, b"")

    monkeypatch.setattr(Client, "subscribe", subscribe_as_another_comes)
    nats_for_threads.listen("early", on_msg)
    nats_for_threads.call(say_both, timeout=60)
    eventually(lambda: received == {"early", "late"})


def test_an_error_of_a_call_is_raised_to_the_caller(nats_server: NatsServer) -> None:
    async def fail(nc: Client) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        nats_for_threads.call(fail, timeout=10)


def test_a_call_that_takes_too_long_times_out_and_is_cancelled(nats_server: NatsServer) -> None:
    given_up = threading.Event()

    async def dawdle(nc: Client) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            given_up.set()

    nats_for_threads.call(client_id, timeout=60)
    with pytest.raises(TimeoutError):
        nats_for_threads.call(dawdle, timeout=0.1)
    assert given_up.wait(60)


def test_a_call_without_a_server_fails_within_the_timeout(nats_server: NatsServer) -> None:
    nats_server.kill()
    began = time.monotonic()
    with pytest.raises(BrokerAway):
        nats_for_threads.call(client_id, timeout=0.3)
    assert time.monotonic() - began < at_most(0.6)


def test_a_call_waits_for_a_server_that_is_back_in_time(nats_server: NatsServer) -> None:
    nats_for_threads.call(client_id, timeout=60)
    nats_server.kill()
    eventually(is_away)
    starter = threading.Timer(0.1, nats_server.start)
    starter.start()
    assert nats_for_threads.call(client_id, timeout=60)
    starter.join()


def test_a_permanently_closed_connection_is_replaced(nats_server: NatsServer) -> None:
    async def be_closed(nc: Client) -> None:
        await nc._process_err("'broken on purpose'")  # As the server reports a permanent error.
        while not nc.is_closed:
            await asyncio.sleep(0.01)

    nats_for_threads.call(be_closed, timeout=60)
    assert nats_for_threads.call(client_id, timeout=60)


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection(nats_server: NatsServer) -> None:
    ours = nats_for_threads.call(client_id, timeout=60)
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(writer, str(nats_for_threads.call(client_id, timeout=60)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    theirs = int(os.read(reader, 100))
    assert theirs != ours
    assert nats_for_threads.call(client_id, timeout=60) == ours


@pytest.mark.usefixtures("connected")
def test_posted_messages_are_sent_before_the_process_ends(nats_server: NatsServer) -> None:
    async def post_and_listen(nc: Client) -> bytes:
        subscription = await nc.subscribe("tea")
        await nc.flush()
        nats_for_threads.post(lambda nc: nc.publish("tea", b"hot"), timeout=1)
        nats_for_threads.close()
        return (await subscription.next_msg(timeout=60)).data

    assert on_nats(nats_server, post_and_listen) == b"hot"


@pytest.mark.usefixtures("connected")
def test_a_wakeup_reaches_the_relay(nats_server: NatsServer) -> None:
    async def wake_up(nc: Client) -> str:
        subscription = await nc.subscribe(wakeup.SUBJECT)
        await nc.flush()
        wakeup.send("jetstream")
        return (await subscription.next_msg(timeout=60)).subject

    assert on_nats(nats_server, wake_up) == "outbox.nudge.jetstream"


def test_wakeups_do_not_block_while_the_server_is_away(nats_server: NatsServer) -> None:
    nats_server.kill()
    began = time.monotonic()
    for _ in range(1000):
        wakeup.send("sqs")
    assert time.monotonic() - began < 20  # To wait once for each would take a thousand seconds.


def test_wakeups_are_sent_again_after_an_outage(nats_server: NatsServer) -> None:
    nats_server.kill()
    wakeup.send("sqs")
    nats_server.start()

    async def received(nc: Client) -> bool:
        subscription = await nc.subscribe(wakeup.SUBJECT)
        await nc.flush()
        wakeup.send("sqs")
        try:
            await subscription.next_msg(timeout=0.2)
        except TimeoutError:
            return False
        return True

    eventually(lambda: on_nats(nats_server, received))
