"""A server with a smaller limit than ours: a too large message is named and blocks no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import MessageTooLarge, RequestRefused
from apps.messaging.message import Event
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.marks import MAX_TRIES
from apps.messaging.outbox.relay import relaying
from apps.messaging.pubsub import broadcast
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply.client import ask
from apps.messaging.request_reply.responder import answering
from tests.messaging.support.brokers import provision
from tests.messaging.support.events import make_consumer
from tests.messaging.support.questions import SUBJECT, Minutes, Question, service
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

LIMIT = 1536
OUR_LIMIT = 65_536
FIGURES = r"\d+ bytes with headers, 1536 is the NATS server's max_payload"


class TeaDescribed(Event):
    subject = "teas.brewed"
    text: str


@pytest.fixture
def limit() -> int:
    return LIMIT


@pytest.fixture
def small_server(tmp_path: Path, settings: Settings, limit: int) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path, config=f"max_payload: {limit}")
    server.start()
    settings.NATS_URL = server.url
    nats_for_threads.close()
    yield server
    nats_for_threads.close()
    server.stop()


class LongMinutes(Minutes):
    why: str


def record(text: str, *, key: str) -> None:
    with transaction.atomic():
        outbox.record(TeaDescribed(text=text), key=key)


def record_the_largest() -> int:
    """Record the longest text that is accepted; return its length."""
    for length in range(OUR_LIMIT, 0, -1):
        try:
            record("x" * length, key="large")
        except MessageTooLarge:
            continue
        return length
    raise AssertionError("nothing is small enough")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("limit", "length"), [(1536, 2200), (1536, 1300), (60_000, 60_000)])
def test_a_too_large_event_is_dead_lettered_and_blocks_no_other(
    small_server: NatsServer, limit: int, length: int
) -> None:
    """At 1,300 bytes only the headers exceed the limit."""
    provision(small_server, make_consumer(print))
    record("x" * length, key="large")
    for number in range(5):
        record("x", key=f"small-{number}")
    small = OutboxMessage.objects.filter(key__startswith="small")
    with running(relaying) as worker:
        eventually(lambda: not small.filter(sent_at=None).exists(), within=2)
        letter = eventually(DeadLetter.objects.first, within=15)
    assert letter
    assert (letter.transport, letter.attempts) == ("outbox", MAX_TRIES)
    assert f"bytes with headers, {limit} is the NATS server's max_payload" in letter.reason
    assert not worker.failure


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [OUR_LIMIT])
def test_the_largest_recordable_message_is_sent_with_its_headers(
    small_server: NatsServer,
) -> None:
    provision(small_server, make_consumer(print))
    record_the_largest()
    with running(relaying):
        eventually(lambda: not OutboxMessage.objects.filter(sent_at=None).exists())


@pytest.mark.parametrize("length", [LIMIT + 1, LIMIT - 30], ids=["alone", "with headers"])
def test_a_too_large_request_raises_an_error_to_the_caller(
    small_server: NatsServer, length: int
) -> None:
    with running(answering(service())):
        with pytest.raises(MessageTooLarge, match=FIGURES):
            ask(SUBJECT, Question(tea="x" * length), Minutes, timeout=5)
        assert ask(SUBJECT, Question(tea="green"), Minutes, timeout=60) == Minutes(minutes=3)


@pytest.mark.parametrize("threads", [0, 2], ids=["at once", "in threads"])
def test_a_too_large_answer_becomes_an_error_answer_with_the_reason(
    small_server: NatsServer, threads: int
) -> None:
    def explain(body: bytes) -> Minutes:
        return LongMinutes(minutes=3, why="x" * LIMIT)

    answerer = answering(service(explain, threads=threads))
    with running(answerer), pytest.raises(RequestRefused) as caught:
        ask(SUBJECT, Question(tea="green"), Minutes, timeout=5)
    assert caught.value.code == 413
    assert "the answer is too large: 1558 bytes" in caught.value.description


def test_a_too_large_broadcast_is_lost_and_the_connection_stays(
    small_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    received: list[CoreMessage] = []
    with running(listening("kitchen.tea", received.append)):
        nats_for_threads.connect(timeout=60)
        broadcast.publish("kitchen.tea", b"hot", {"leaf": "x" * LIMIT})
        broadcast.publish("kitchen.tea", b"cold", {})
        eventually(lambda: received)
    assert [each.body for each in received] == [b"cold"]
    lost = next(each for each in caplog.records if each.message == "not published")
    assert "MessageTooLarge" in str(getattr(lost, "error", ""))
    assert "nats closed for good" not in caplog.messages
