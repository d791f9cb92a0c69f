"""Conditions on a durable, a queue and a switch, at real servers; those of another meet none."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import durable, job, job_twice, replay
from apps.lab.course.reader import Reader
from apps.lab.services import switch_on
from apps.messaging.brokers import sqs
from apps.messaging.errors import BrokerAway
from tests.messaging.support.brokers import forget, on_nats
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

READER, ANOTHER = Reader(48213), Reader(48214)
ACK_WAIT = 5


def heard(lesson: Lesson, reader: Reader = READER) -> list[bool]:
    """Return for each step whether its condition is met."""
    return [step.hears(reader) for step in lesson.steps]


@pytest.fixture
def stream(nats_server: NatsServer) -> Iterator[NatsServer]:
    """A stream `ORDERS` with three messages."""

    async def make(js: JetStreamContext) -> None:
        await js.add_stream(name="ORDERS", subjects=["orders.>"])
        for number in range(3):
            await js.publish("orders.placed", b'{"id": %d}' % number)

    do(nats_server, make)
    yield nats_server
    forget(nats_server, "ORDERS")


def do(server: NatsServer, work: Callable[[JetStreamContext], Any]) -> None:
    async def on_it(nc: Client) -> None:
        await work(nc.jetstream())

    on_nats(server, on_it)


def make_durable(server: NatsServer, name: str, **config: Any) -> None:
    made = ConsumerConfig(durable_name=name, ack_policy=AckPolicy.EXPLICIT, **config)
    do(server, lambda js: js.add_consumer("ORDERS", made))


def pull(server: NatsServer, name: str, *, ack: bool, count: int = 1) -> None:
    async def take(js: JetStreamContext) -> None:
        mine = await js.pull_subscribe_bind(name, "ORDERS")
        for message in await mine.fetch(count, timeout=60):
            if ack:
                await message.ack_sync()

    do(server, take)


def test_a_durable_is_followed_from_its_creation_to_its_second_delivery(
    stream: NatsServer,
) -> None:
    assert heard(durable.LESSON)[:5] == [False] * 5
    make_durable(stream, READER.durable, ack_wait=ACK_WAIT)
    assert heard(durable.LESSON)[:4] == [True, False, False, False]

    pull(stream, READER.durable, ack=True)
    assert heard(durable.LESSON)[:4] == [True, True, False, False]
    pull(stream, READER.durable, ack=False)
    assert heard(durable.LESSON) == [True, True, True, False, False, False]

    def comes_again() -> bool:
        pull(stream, READER.durable, ack=False)
        return heard(durable.LESSON)[3]

    eventually(comes_again, within=30, what="a second delivery")
    assert heard(durable.LESSON) == [True, True, True, True, False, False]
    assert heard(durable.LESSON, ANOTHER)[:5] == [False] * 5

    def ends() -> bool:
        pull(stream, READER.durable, ack=True)
        return heard(durable.LESSON)[4]

    eventually(ends, within=30, what="all is acknowledged")
    do(stream, lambda js: js.delete_consumer("ORDERS", READER.durable))
    assert heard(durable.LESSON)[5]


def test_a_durable_with_another_ack_wait_is_not_that_of_the_lesson(stream: NatsServer) -> None:
    make_durable(stream, READER.durable, ack_wait=60)
    assert not heard(durable.LESSON)[0]


def test_a_durable_that_begins_now_reads_no_past(stream: NatsServer) -> None:
    make_durable(stream, READER.replay, deliver_policy=DeliverPolicy.NEW)
    assert heard(replay.LESSON) == [False, False, False]


def test_the_past_is_read_again_and_the_durable_removed(stream: NatsServer) -> None:
    make_durable(stream, READER.replay)
    pull(stream, READER.replay, ack=True, count=2)
    assert heard(replay.LESSON) == [True, False, False]
    pull(stream, READER.replay, ack=True)
    assert heard(replay.LESSON) == [True, True, False]

    do(stream, lambda js: js.delete_consumer("ORDERS", READER.replay))
    assert heard(replay.LESSON)[2]


def test_without_nats_a_lesson_cannot_listen() -> None:
    with pytest.raises(BrokerAway):
        heard(durable.LESSON)


def test_a_queue_is_followed_until_its_message_is_deleted(sqs_server: MotoServer) -> None:
    client = sqs.client()
    url = client.create_queue(QueueName=ANOTHER.queue)["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="{}")
    assert heard(job.LESSON) == [False] * 4

    url = client.create_queue(QueueName=READER.queue)["QueueUrl"]
    assert heard(job.LESSON)[:3] == [True, False, False]
    client.send_message(QueueUrl=url, MessageBody="{}")
    assert heard(job.LESSON) == [True, True, False, False]
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    assert heard(job.LESSON) == [True, True, True, False]
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert heard(job.LESSON) == [True, False, False, True]


@pytest.mark.django_db
def test_only_the_switch_of_the_lesson_counts() -> None:
    switch_on(point="job.heartbeat", action="skip")
    assert not job_twice.LESSON.steps[0].hears(READER)
    switch_on(point="job.polling", action="skip")
    assert job_twice.LESSON.steps[0].hears(READER)
