"""Worker processes that crash on a message each time, and what happens to the message."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import QueueGone, client, queue_url
from apps.messaging.events.delivery import MAX_FAILURES
from apps.messaging.events.streams import ADVISORIES, ADVISORY_DURABLE, advisories_about
from apps.messaging.handling import attempts, database
from apps.messaging.jobs import job_queue, receipts
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.recovery.collector import check_whole, collecting
from tests.messaging.support.brokers import forget, on_nats, publish
from tests.messaging.support.dying_consumer import DEADLY, dying_consumer
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.messaging.support.jobs import CUPS, make_outgoing
from tests.messaging.support.raw_nats import message
from tests.messaging.support.raw_nats import publish as publish_raw
from tests.support.denied_writes import writes_denied
from tests.support.logged import messages_by
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

ADVISORY = b"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.TEAS.drinker"
STRANGE_NAME = "NATS/1.0\r\nce-id: Zoë\r\n\r\n".encode()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def teas_and_no_queues(settings: Settings) -> None:
    settings.MESSAGING_STREAMS = ["tests.messaging.support.events.TEAS"]
    settings.MESSAGING_QUEUES = []


@pytest.fixture
def server(nats_server: NatsServer) -> Iterator[NatsServer]:
    streams = [TEAS, advisories_about([TEAS])]
    on_nats(nats_server, lambda nc: provision_jetstream(nc, streams=streams, consumers=[]))
    yield nats_server
    forget(nats_server)
    forget(nats_server, ADVISORIES)


def provision_impatient(server: NatsServer, *, max_deliver: int) -> None:
    """Create the durable of `make_consumer`, but with almost immediate redelivery."""

    async def add(nc: Client) -> None:
        config = replace(make_consumer(print).config(), ack_wait=0.2, max_deliver=max_deliver)
        await nc.jetstream().add_consumer(TEAS.name, config)

    on_nats(server, add)


def test_a_message_that_crashes_its_worker_is_dead_lettered(server: NatsServer) -> None:
    provision_impatient(server, max_deliver=2)
    publish(server, cups=DEADLY, headers={"ce-id": "deadly"})
    with running(collecting), dying_consumer(server):
        letter = eventually(DeadLetter.objects.first, within=30)
    assert letter
    assert (letter.consumer, letter.message_id, letter.attempts) == ("drinker", "deadly", 2)
    assert letter.reason == "delivered 2 times and never acknowledged"


def test_a_foreign_advisory_does_not_stop_the_collector(server: NatsServer) -> None:
    publish_raw(server, message(TeaBrewed.subject.encode(), b"?", headers=STRANGE_NAME))
    tea = {"stream": TEAS.name, "consumer": "drinker", "stream_seq": 1, "deliveries": 20}
    strange: list[dict[str, Any]] = [
        {"stream": "a b"},
        {"deliveries": 3_000_000_000},
        {"deliveries": 2**31 - 1},
        {"stream_seq": 2**64},
    ]
    for advisory in ("no advisory", *(json.dumps(tea | each) for each in (*strange, {}))):
        publish_raw(server, message(ADVISORY, advisory.encode()))
    with running(collecting):
        letter = eventually(DeadLetter.objects.first)
    assert letter
    assert letter.body == "?"


def test_advisories_of_purged_messages_are_discarded(server: NatsServer) -> None:
    """The server sends an advisory, but no handler has failed."""
    provision_impatient(server, max_deliver=2)
    publish(server)

    async def purge_what_is_in_flight(nc: Client) -> int:
        advisory = await nc.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.TEAS.drinker")
        jetstream = nc.jetstream()
        pull = await jetstream.pull_subscribe_bind("drinker", TEAS.name)
        assert len(await pull.fetch(1, timeout=60)) == 1
        await jetstream.purge_stream(TEAS.name, subject=TeaBrewed.subject)
        await advisory.next_msg(timeout=60)
        return (await jetstream.stream_info(ADVISORIES)).state.messages

    assert on_nats(server, purge_what_is_in_flight) == 0


def test_a_crashing_message_dead_letters_no_other_fetched_message(server: NatsServer) -> None:
    provision_impatient(server, max_deliver=20)
    for cups in (DEADLY, *range(5)):
        publish(server, cups=cups)
    with running(collecting), dying_consumer(server):
        # The others may be done before the deadly one is given up: the order is the server's.
        eventually(
            lambda: InboxEntry.objects.count() == 5 and DeadLetter.objects.exists(), within=60
        )
    letter = DeadLetter.objects.get()
    assert letter.reason == attempts.CRASHED
    failed = FailedDelivery.objects.filter(message_id=letter.message_id)
    assert letter.attempts == MAX_FAILURES == failed.count()


def test_a_job_in_the_dead_letter_queue_becomes_a_dead_letter(
    server: NatsServer, sqs_server: MotoServer, settings: Settings
) -> None:
    job_queue.provision(CUPS)
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    job = make_outgoing(queue=CUPS.dead_letter_name)
    job_queue.send_batch([job])
    with running(collecting):
        letter = eventually(DeadLetter.objects.first)
    assert letter
    assert (letter.transport, letter.consumer, letter.destination) == ("sqs", "cups", "cups")
    assert (letter.message_id, letter.headers) == (job.message_id, job.headers)
    assert not receipts.receive(CUPS.dead_letter_name, at_most=1, wait_seconds=0)


def test_denied_writes_cost_the_collector_no_message(
    server: NatsServer,
    sqs_server: MotoServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 1
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    job_queue.provision(CUPS)
    publish(server)
    given_up = {"stream": TEAS.name, "consumer": "drinker", "stream_seq": 1, "deliveries": 20}
    with running(collecting):
        with writes_denied():
            publish_raw(server, message(ADVISORY, json.dumps(given_up).encode()))
            job_queue.send_batch([make_outgoing(queue=CUPS.dead_letter_name)])
            eventually(lambda: pauses(caplog) == 2, what="both sources wait for the database")
            assert not DeadLetter.objects.exists()
        eventually(lambda: DeadLetter.objects.count() == 2, within=20)
        eventually(lambda: unread_advisories(server) == 0)
    assert dict(DeadLetter.objects.values_list("transport", "attempts")) == {
        DeadLetter.Transport.JETSTREAM: given_up["deliveries"],
        DeadLetter.Transport.SQS: CUPS.max_receive_count,
    }
    assert not FailedDelivery.objects.exists()
    assert not receipts.receive(CUPS.dead_letter_name, at_most=1, wait_seconds=2)


def pauses(caplog: pytest.LogCaptureFixture) -> int:
    """Return how often a source began to wait until the database accepts writes."""
    return messages_by(database.__name__, caplog).count(
        "database accepts no writes, consuming pauses"
    )


def unread_advisories(server: NatsServer) -> int:
    async def ask(nc: Client) -> int:
        info = await nc.jetstream().consumer_info(ADVISORIES, ADVISORY_DURABLE)
        return (info.num_ack_pending or 0) + (info.num_pending or 0)

    return on_nats(server, ask)


def test_a_queue_that_moto_lost_is_created_again(
    server: NatsServer, sqs_server: MotoServer, settings: Settings
) -> None:
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    with running(collecting):
        eventually(lambda: job_queue.send_batch([make_outgoing()]) == {0: None}, within=10)


def lose_the_queue(url: str) -> None:
    client().delete_queue(QueueUrl=url)


def lose_the_policy(url: str) -> None:
    client().set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})


@pytest.mark.parametrize("lose", [lose_the_queue, lose_the_policy])
def test_a_queue_that_was_made_by_half_is_completed(
    server: NatsServer, sqs_server: MotoServer, settings: Settings, lose: Callable[[str], None]
) -> None:
    """Its maker died after the dead letter queue; no mail was sent any more."""
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    job_queue.provision(CUPS)
    lose(queue_url(CUPS.name))
    with pytest.raises(QueueGone):
        check_whole(CUPS)

    def is_whole() -> bool:
        with suppress(QueueGone):
            check_whole(CUPS)
            return True
        return False

    with running(collecting):
        eventually(is_whole, what="both queues and the policy are there")


def test_a_queue_that_may_not_be_seen_is_taken_as_whole(
    monkeypatch: pytest.MonkeyPatch, sqs_server: MotoServer
) -> None:
    """With an older policy at AWS, the collector goes on collecting."""
    job_queue.provision(CUPS)

    def deny(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetQueueAttributes")

    monkeypatch.setattr(client(), "get_queue_attributes", deny)
    check_whole(CUPS)


def test_a_job_that_crashes_its_worker_reaches_the_dead_letter_queue(
    sqs_server: MotoServer, settings: Settings
) -> None:
    settings.SQS_VISIBILITY_TIMEOUT = 0  # It is redelivered as soon as its worker has died.
    job_queue.provision(CUPS)
    job_queue.send_batch([make_outgoing()])
    for _ in range(CUPS.max_receive_count):
        assert receipts.receive(CUPS.name, at_most=1, wait_seconds=1)
    assert not receipts.receive(CUPS.name, at_most=1, wait_seconds=0)
    assert receipts.receive(CUPS.dead_letter_name, at_most=1, wait_seconds=1)
