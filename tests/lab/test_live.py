"""A real worker, its hops and its signs of life, on a real nats-server."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError

from apps.images.jobs import QUEUE
from apps.lab import live
from apps.lab.faults import fault_cache
from apps.lab.faults.fault_cache import TABLE_READ
from apps.lab.feed import hops
from apps.lab.feed.feed import SILENT_AFTER_SECONDS, Feed
from apps.lab.feed.shown_message import ShownMessage
from apps.lab.orders import snapshot as pulse_module
from apps.lab.orders.snapshot import workers
from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.sqs import client, queue_url
from apps.messaging.by_hand import nats_without_hooks
from apps.messaging.worker.heartbeat import Heartbeat
from tests.support.logged import messages_by
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.processes import worker_process
from tests.support.waiting import at_most, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

WORKER = "order_listener"
RARE_HEARTBEATS = f"""
import runpy
from workers import runner
from apps.messaging.worker import heartbeat
heartbeat.INTERVAL_SECONDS = 60
runpy.run_module("workers.{WORKER}", run_name="__main__")
"""


@pytest.fixture
def feed(nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch) -> Feed:
    """The feed that `web` would have."""
    feed = Feed()
    monkeypatch.setattr(live, "FEED", feed)
    monkeypatch.setattr(pulse_module, "FEED", feed)
    nats_without_hooks.listen(hops.SUBJECT, live.add_hop)
    nats_without_hooks.listen(live.ALIVE, live.add_sign_of_life)
    # The first call makes the connection, and then the server has both subscriptions.
    nats_for_threads.call(lambda nc: nc.flush(60), timeout=60)
    return feed


def say(subject: str, body: bytes = b"{}") -> None:
    nats_for_threads.call(lambda nc: nc.publish(subject, body), timeout=60)


def state_of(worker: str) -> tuple[int, int]:
    state = workers()[worker]
    return state["alive"], state["red"]


def test_a_worker_reports_hops(feed: Feed, nats_server: NatsServer) -> None:
    with worker_process(WORKER, nats_server):
        eventually(lambda: state_of(WORKER) == (1, 0), what="it says that it lives")
        say("orders.tried")
        received = feed.wait_for(lambda hop: hop["point"] == "core.heard", timeout=60)
    assert received is not None
    assert (received["worker"], received["destination"]) == (WORKER, "orders.tried")
    assert received["shown"]["edge"] == "hear"


def test_a_fault_of_the_command_is_obeyed_at_once(feed: Feed, nats_server: NatsServer) -> None:
    with worker_process(WORKER, nats_server, arguments=("-c", RARE_HEARTBEATS)):
        eventually(lambda: state_of(WORKER) == (1, 0), what="it says that it lives")
        call_command("fault", "on", "core.heard", "delay", "--seconds=0.1", verbosity=0)
        # Its next heartbeat would be a minute later.
        known = feed.wait_for(lambda hop: hop["point"] == TABLE_READ, timeout=at_most(2))
        assert known is not None
        say("orders.tried")
        struck = feed.wait_for(
            lambda hop: hop["attributes"].get("fault") == "delay", timeout=at_most(2)
        )
    assert struck is not None
    assert (struck["worker"], struck["point"]) == (WORKER, "core.heard")


def test_the_command_returns_when_no_poll_is_open(
    nats_server: NatsServer, sqs_server: MotoServer
) -> None:
    call_command("provision", stdout=StringIO())
    with worker_process("image_resizer", nats_server, AWS_ENDPOINT_URL=sqs_server.url):
        call_command("fault", "on", "job.polling", "skip", stdout=StringIO())
        url = queue_url(QUEUE.name)
        client().send_message(QueueUrl=url, MessageBody="ours")
        (ours,) = client().receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
        client().delete_message(QueueUrl=url, ReceiptHandle=ours["ReceiptHandle"])
    assert ours["Body"] == "ours"


def test_a_killed_worker_turns_red_within_5_seconds(feed: Feed, nats_server: NatsServer) -> None:
    assert SILENT_AFTER_SECONDS < 5
    with worker_process(WORKER, nats_server) as process:
        eventually(lambda: state_of(WORKER) == (1, 0), what="it says that it lives")
        process.kill()
        eventually(lambda: state_of(WORKER) == (0, 1), within=5, what="it is red")
    with worker_process(WORKER, nats_server):
        eventually(lambda: state_of(WORKER) == (1, 0), within=10, what="it is back")
    assert workers()[WORKER]["deaths"] == 1


def test_a_worker_without_database_obeys_its_copy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(live, "_begin", lambda listen: None)
    monkeypatch.setattr(fault_cache, "read", fail)
    live.at_beat(Heartbeat("sales_consumer", last_step=time.monotonic, is_ready=lambda: True))
    assert messages_by("apps.lab", caplog) == ["faults not read"]


def test_invalid_messages_on_lab_subjects_are_ignored(feed: Feed) -> None:
    for subject in (hops.SUBJECT, live.ALIVE):
        say(subject, b"good morning")
    hop = hops.hop_of("mail.sent", ShownMessage(destination="send_mail"))
    say(hops.SUBJECT, hop.to_json().encode())
    assert feed.wait_for(lambda each: each["point"] == "mail.sent", timeout=60)
    assert len(feed.after(0)) == 1
