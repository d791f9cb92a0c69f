"""Pulls from a durable with an operator's limits, and what is on its way when a pull leaves."""

import asyncio
import json
import logging
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig

from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from apps.messaging.recovery.replay import Replay
from tests.messaging.support.brokers import on_nats, publish, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.silent import stopped
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

LIMITED = "jetstream { limits { max_request_batch: 5 } }\n"


def limit(server: NatsServer, consumer: Consumer, **limits: int) -> None:
    """Set limits that nats-py's ConsumerConfig does not have."""

    async def ask(nc: Client) -> dict[str, Any]:
        config = consumer.config().as_dict() | limits
        request = json.dumps({"stream_name": TEAS.name, "config": config}).encode()
        subject = f"$JS.API.CONSUMER.DURABLE.CREATE.{TEAS.name}.{consumer.durable}"
        answer: dict[str, Any] = json.loads((await nc.request(subject, request, timeout=60)).data)
        return answer

    assert limits.items() <= on_nats(server, ask)["config"].items()


@pytest.mark.parametrize("limits", [{"max_batch": 5}, {"max_batch": 1}, {"max_expires": 10**8}])
def test_a_pull_respects_the_limits_of_its_durable(
    nats_server: NatsServer,
    consumer: Consumer,
    received: list[TeaBrewed],
    limits: dict[str, int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    limit(nats_server, consumer, **limits)
    with running(consuming(consumer)), caplog.at_level(logging.WARNING):
        for _ in range(7):
            publish(nats_server)
        eventually(lambda: len(received) == 7, within=5)
    assert unsettled(nats_server) == 0


@pytest.mark.parametrize("limits", [{"max_batch": 5}, {"max_batch": 1}, {"max_expires": 10**8}])
def test_a_consumer_continues_when_its_durable_gets_limits(
    nats_server: NatsServer, consumer: Consumer, received: list[TeaBrewed], limits: dict[str, int]
) -> None:
    with running(consuming(consumer)) as worker:
        limit(nats_server, consumer, **limits)
        publish(nats_server)
        eventually(lambda: received, within=5)
        limit(nats_server, consumer)
        assert worker.is_ready


def test_a_consumer_continues_when_its_server_restarts_with_limits(
    nats_server: NatsServer,
    consumer: Consumer,
    received: list[TeaBrewed],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running(consuming(consumer)) as worker, caplog.at_level(logging.WARNING):
        nats_server.stop()
        nats_server.config = LIMITED
        nats_server.start()
        publish(nats_server)
        eventually(lambda: received and worker.is_ready, within=10)
        eventually(lambda: "how much is fetched" in caplog.text, within=5)
    said = [record for record in caplog.records if "how much is fetched" in record.message]
    assert [record.__dict__["batch"] for record in said] == [5]


def test_a_replay_respects_the_servers_limit(nats_server: NatsServer, consumer: Consumer) -> None:
    nats_server.stop()
    nats_server.config = LIMITED
    nats_server.start()
    for _ in range(7):
        publish(nats_server)
    batches = [len(batch) for batch in Replay(consumer).read()]
    assert sum(batches) == 7
    assert max(batches) <= 5


def test_a_consumer_of_a_push_durable_never_becomes_ready(
    nats_server: NatsServer, consumer: Consumer, caplog: pytest.LogCaptureFixture
) -> None:
    pushing = ConsumerConfig(
        durable_name=consumer.durable, ack_policy=AckPolicy.EXPLICIT, deliver_subject="pushed"
    )

    async def recreate(nc: Client) -> None:
        await nc.jetstream().delete_consumer(TEAS.name, consumer.durable)
        await nc.jetstream().add_consumer(TEAS.name, pushing)

    on_nats(nats_server, recreate)
    with running(consuming(consumer), ready_within=0) as worker:
        eventually(lambda: "cannot consume" in caplog.text)
        assert not worker.is_ready
    assert "delete this consumer of TEAS" in str([vars(each) for each in caplog.records])


def test_a_pull_from_a_missing_durable_fails(nats_server: NatsServer, consumer: Consumer) -> None:
    async def bind(nc: Client) -> None:
        await Pull.bind(nc, stream=TEAS.name, consumer="nobody", batch=5, seconds=1)

    with pytest.raises(NOT_SERVED, match="consumer not found"):
        on_nats(nats_server, bind)


def test_a_message_on_its_way_is_returned_when_a_pull_leaves(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    """The server has sent it before it learns that the pull is over."""

    async def leave_meanwhile(nc: PatchedClient) -> list[Msg]:
        pull = await Pull.bind(nc, stream=TEAS.name, consumer=consumer.durable, batch=5, seconds=5)
        wait_there = f"$JS.API.CONSUMER.MSG.NEXT.{TEAS.name}.{consumer.durable}"
        await nc.publish(wait_there, b"{}", reply=pull._subscription._deliver)
        unsubscribe = nc._send_unsubscribe

        async def too_late(sid: int, limit: int = 0) -> None:
            nc._send_unsubscribe = unsubscribe  # type: ignore[method-assign]
            await nc.jetstream().publish(TeaBrewed.subject, b"{}")
            async with asyncio.timeout(10):
                while not (await pull._subscription.consumer_info()).num_ack_pending:
                    await asyncio.sleep(0.01)
            await unsubscribe(sid, limit)

        nc._send_unsubscribe = too_late  # type: ignore[method-assign]
        return await pull.leave() + await pull.leave()

    assert [message.data for message in on_nats(nats_server, leave_meanwhile)] == [b"{}"]


def test_a_pull_that_leaves_without_an_answer_is_not_subscribed_again(
    nats_server: NatsServer, consumer: Consumer
) -> None:
    async def leave_a_silent_server(nc: PatchedClient) -> bool:
        pull = await Pull.bind(nc, stream=TEAS.name, consumer=consumer.durable, batch=5, seconds=5)
        assert nats_server.process
        with stopped(nats_server.process.pid), pytest.raises(TimeoutError):
            await pull.leave()
        return pull._subscription._sub._id in nc._subs

    assert not on_nats(nats_server, leave_a_silent_server)


def test_a_pull_in_vain_delays_no_drain(nats_server: NatsServer, consumer: Consumer) -> None:
    """Ten, since not each of them leaves a status behind in the queue of the subscription."""
    errors: list[Exception] = []

    async def note(error: Exception) -> None:
        errors.append(error)

    async def pull_and_drain(nc: PatchedClient) -> None:
        nc._error_cb = note
        nc.options["drain_timeout"] = 5.0
        pull = await Pull.bind(
            nc, stream=TEAS.name, consumer=consumer.durable, batch=5, seconds=0.1
        )
        for _ in range(10):
            assert await pull.fetch() == []
        await pull.leave()
        await nc.drain()

    on_nats(nats_server, pull_and_drain)
    assert errors == []
