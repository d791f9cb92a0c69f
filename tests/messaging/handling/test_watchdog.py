"""Hanging work ends its process: real processes, each restarted after it has ended itself."""

import faulthandler
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from nats.aio.client import Client
from nats.errors import NoRespondersError

from apps.messaging import outbox
from apps.messaging.handling import attempts, watchdog
from apps.messaging.handling.watchdog import EXIT_CODE, STOOD_STILL
from apps.messaging.jobs import job_queue
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry, WorkerInstance
from apps.messaging.operations.provisioning import provision_jetstream
from tests.messaging.support.brokers import forget, on_nats, publish, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.messaging.support.hanging_worker import (
    ACK_WAIT,
    EXITS,
    FAILURES,
    HANGS,
    HANGS_AFTER_THE_COMMIT,
    hanging,
)
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

QUICK = {"HANDLER_SECONDS": "3", "STANDSTILL_SECONDS": "8"}
PATIENT = {"HANDLER_SECONDS": "30", "STANDSTILL_SECONDS": "60"}
"""Where nothing hangs: a busy machine must not end a process for it."""


@pytest.fixture
def server(nats_server: NatsServer) -> Iterator[NatsServer]:
    async def add(nc: Client) -> None:
        await provision_jetstream(nc, streams=[TEAS], consumers=[])
        config = replace(make_consumer(print).config(), ack_wait=ACK_WAIT.total_seconds())
        await nc.jetstream().add_consumer(TEAS.name, config)

    on_nats(nats_server, add)
    yield nats_server
    forget(nats_server)


def until_ready(name: str) -> None:
    ready = WorkerInstance.objects.filter(name=name, is_ready=True)
    eventually(ready.exists, within=30, what=f"{name} is ready")


def test_a_hanging_event_is_dead_lettered_and_later_events_finish(
    server: NatsServer, tmp_path: Path
) -> None:
    publish(server, cups=HANGS, headers={"ce-id": "hangs"})
    for cups in range(5):
        publish(server, cups=cups)
    with hanging("consumer", server, tmp_path, **QUICK) as worker:
        eventually(lambda: InboxEntry.objects.count() == 5, within=30)
        assert not DeadLetter.objects.exists(), "they end meanwhile"
        letter = eventually(DeadLetter.objects.first, within=60, what=worker.said())
    assert letter
    assert (letter.message_id, letter.attempts) == ("hangs", FAILURES)
    assert letter.reason.startswith(
        f"{attempts.HUNG}: not done within {QUICK['HANDLER_SECONDS']} s"
    )
    failed = FailedDelivery.objects.all()
    assert {(each.message_id, each.error) for each in failed} == {("hangs", letter.reason)}
    assert {each.identity for each in failed} == {letter.identity}
    assert "in drink" in failed[0].traceback
    assert worker.ends() == [EXIT_CODE] * FAILURES


@pytest.mark.parametrize(
    ("cups", "code", "times"), [(HANGS, EXIT_CODE, QUICK), (EXITS, EXITS, PATIENT)]
)
@pytest.mark.one_database
def test_a_batch_that_ends_its_process_is_handled_one_by_one(
    server: NatsServer, tmp_path: Path, cups: int, code: int, times: dict[str, str]
) -> None:
    """One more process ends than without batches; the others of its batch pay for nothing."""
    for each in (1, 2, cups, 3):
        publish(server, cups=each)
    with hanging("batches", server, tmp_path, **times) as worker:
        eventually(lambda: InboxEntry.objects.count() == 3, within=30, what=worker.said)
        eventually(DeadLetter.objects.first, within=60, what=worker.said)
        eventually(lambda: unsettled(server) == 0, what=worker.said)
    assert DeadLetter.objects.count() == 1
    assert FailedDelivery.objects.values("message_id").distinct().count() == 1
    assert worker.ends() == [code] * (FAILURES + 1)


def test_a_hanging_commit_hook_ends_its_process_once(server: NatsServer, tmp_path: Path) -> None:
    publish(server, cups=HANGS_AFTER_THE_COMMIT)
    with hanging("consumer", server, tmp_path, **QUICK) as worker:
        eventually(lambda: unsettled(server) == 0, within=30, what=worker.said)
    assert worker.ends() == [EXIT_CODE]
    assert InboxEntry.objects.count() == 1
    assert "in hang" in FailedDelivery.objects.get().traceback


@pytest.mark.one_database
def test_an_event_whose_handler_exits_is_dead_lettered(server: NatsServer, tmp_path: Path) -> None:
    publish(server, cups=EXITS)
    publish(server, cups=1)
    with hanging("consumer", server, tmp_path, **PATIENT) as worker:
        letter = eventually(DeadLetter.objects.first, within=60, what=worker.said)
        eventually(lambda: unsettled(server) == 0, what=worker.said)
    assert letter
    assert (letter.reason, letter.attempts) == (attempts.CRASHED, FAILURES)
    assert worker.ends() == [EXITS] * (FAILURES + 1), "the first attempt has no marker"
    assert InboxEntry.objects.count() == 1


@pytest.mark.one_database
def test_a_job_whose_handler_exits_is_dead_lettered(
    server: NatsServer, sqs_server: MotoServer, tmp_path: Path
) -> None:
    job_queue.provision(replace(CUPS, max_receive_count=100))
    send("exits")
    own = {"AWS_ENDPOINT_URL": sqs_server.url, "SQS_WAIT_SECONDS": "1"}
    with hanging("jobs", server, tmp_path, **own, SQS_VISIBILITY_TIMEOUT="2") as worker:
        letter = eventually(DeadLetter.objects.first, within=60, what=worker.said)
    assert letter
    assert (letter.reason, letter.attempts) == (attempts.CRASHED, CUPS.max_failures)
    assert set(worker.ends()) == {EXITS}


@pytest.mark.one_database
def test_a_hanging_job_is_dead_lettered_and_its_neighbour_finishes(
    server: NatsServer, sqs_server: MotoServer, tmp_path: Path
) -> None:
    job_queue.provision(replace(CUPS, max_receive_count=100))
    send("hangs", "clean")
    own = {"AWS_ENDPOINT_URL": sqs_server.url, "SQS_WAIT_SECONDS": "1"}
    with hanging("jobs", server, tmp_path, **own, SQS_VISIBILITY_TIMEOUT="2") as worker:
        letter = eventually(DeadLetter.objects.first, within=60, what=worker.said())
    assert letter
    assert (letter.body, letter.attempts) == ("hangs", CUPS.max_failures)
    assert letter.reason.startswith(attempts.HUNG)
    eventually(lambda: job_queue.counts(CUPS)["visible"] == 0)
    assert set(FailedDelivery.objects.values_list("message_id", flat=True)) == {letter.message_id}


@pytest.mark.one_database
def test_a_hanging_responder_ends_and_is_replaced(server: NatsServer, tmp_path: Path) -> None:
    async def ask_for_nothing(nc: Client) -> None:
        await nc.publish("teas.asked", b"hangs", reply=nc.new_inbox())
        await nc.flush()

    async def is_answered(nc: Client) -> bool:
        try:
            return bool((await nc.request("teas.asked", b"", timeout=1)).data)
        except (TimeoutError, NoRespondersError):
            return False

    with hanging("responder", server, tmp_path, **QUICK) as worker:
        until_ready("responder")
        on_nats(server, ask_for_nothing)
        eventually(worker.ends, within=30, what=worker.said())
        eventually(lambda: on_nats(server, is_answered), within=30, what=worker.said())
    assert worker.ends() == [EXIT_CODE]
    assert "in answer" in worker.said()


@pytest.mark.one_database
def test_hanging_queue_group_work_ends_its_member(server: NatsServer, tmp_path: Path) -> None:
    async def offer(nc: Client) -> None:
        await nc.publish("teas.offered", b"hangs")
        await nc.flush()

    with hanging("member", server, tmp_path, **QUICK) as worker:
        until_ready("member")
        on_nats(server, offer)
        eventually(worker.ends, within=30, what=worker.said())
    assert worker.ends()[0] == EXIT_CODE


@pytest.mark.one_database
def test_a_hanging_relay_step_ends_the_relay(server: NatsServer, tmp_path: Path) -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot-1")
    hangs = {"FAILPOINTS": "relay.claimed=delay:seconds=600"}
    with hanging("relay", server, tmp_path, **QUICK, **hangs) as worker:
        eventually(worker.ends, within=30, what=worker.said())
    assert worker.ends()[0] == EXIT_CODE
    assert "a step of the relay" in worker.said()


@pytest.mark.one_database
def test_a_blocked_loop_ends_its_process_and_logs_the_stack(
    server: NatsServer, tmp_path: Path
) -> None:
    async def say(nc: Client) -> None:
        await nc.publish("teas.drunk", b"hangs")
        await nc.flush()

    with hanging("listener", server, tmp_path, **QUICK) as worker:
        until_ready("listener")
        on_nats(server, say)
        eventually(worker.ends, within=30, what=worker.said())
    assert worker.ends() == [STOOD_STILL]
    assert "in hear" in worker.said()


@pytest.mark.one_database
def test_a_ready_loop_without_progress_ends_its_process(server: NatsServer, tmp_path: Path) -> None:
    with hanging("loop", server, tmp_path, **QUICK) as worker:
        eventually(worker.ends, within=30, what=worker.said())
    assert worker.ends() == [EXIT_CODE]


def test_a_loop_that_resumes_after_a_standstill_ends_its_process(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def end(code: int) -> NoReturn:
        raise SystemExit(code)

    monkeypatch.setattr(watchdog, "leave", end)
    long_ago = time.monotonic() - settings.LONGEST_TIMES.standstill - 1
    monkeypatch.setattr(watchdog._Watched, "last_sign", long_ago)
    with pytest.raises(SystemExit) as ended:
        watchdog.still_there()
    assert ended.value.code == STOOD_STILL
    assert "most recent call first" in capfd.readouterr().err


def test_a_hang_counts_no_attempt_for_other_messages() -> None:
    innocent, guilty = MessageAt("drinker", "innocent"), MessageAt("drinker", "guilty")
    with attempts.crash_marked(innocent), attempts.crash_marked(guilty):
        hung = [guilty._asdict() | {"seconds": 60, "stack": "in drink"}]
        given = json.dumps({"hung": hung, "crash_markers": attempts.crash_markers()})
        with pytest.raises(SystemExit) as end:
            call_command("record_hang", given, "--exit-code", "71")
    assert end.value.code == EXIT_CODE
    assert not attempts.failed(innocent).exists()
    assert [each.error for each in attempts.failed(guilty)] == [
        f"{attempts.HUNG}: not done within 60 s, so its process was ended"
    ]


def test_the_record_of_a_hang_has_a_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def end_after(seconds: float, **exit: bool) -> None:
        assert exit == {"exit": True}
        limits.append(seconds)

    monkeypatch.setattr(faulthandler, "dump_traceback_later", end_after)
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: limits.append(0))

    def hangs(markers: list[int]) -> None:
        assert limits == [settings.LONGEST_TIMES.standstill]

    monkeypatch.setattr(attempts, "delete_crash_markers", hangs)
    with pytest.raises(SystemExit):
        call_command("record_hang", json.dumps({"hung": [], "crash_markers": []}))
    assert limits == [settings.LONGEST_TIMES.standstill, 0]
