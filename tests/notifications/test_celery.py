"""Celery on a real SQS server, with workers as processes of their own."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.utils import timezone

from apps.messaging import job_queue, sqs_client
from apps.messaging.models import DeadLetter, WorkerInstance
from apps.notifications.models import Mail
from apps.notifications.tasks import OVERDUE, QUEUE, reconcile, send_mail
from orders_site.celery import app, broker_url, transport_options
from tests.notifications.celery_processes import WORKER, celery_process, mails_in
from tests.notifications.mails import make_mail
from tests.servers_sqs import MotoServer
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def celery(sqs_server: MotoServer) -> Iterator[Celery]:
    """The shop's Celery app, pointed at the test's server, with its queue provisioned."""
    job_queue.provision(QUEUE)
    before = {key: app.conf[key] for key in ("broker_url", "broker_transport_options")}
    app.conf.update(broker_url=broker_url(), broker_transport_options=transport_options())
    app._after_fork()  # It forgets its connections.
    yield app
    app.conf.update(before)
    app._after_fork()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


def all_done() -> bool:
    return not any(job_queue.counts(QUEUE).values())


def put(body: str) -> None:
    sqs_client.client().send_message(QueueUrl=sqs_client.queue_url("celery"), MessageBody=body)


@pytest.mark.usefixtures("celery")
def test_the_same_task_twenty_times_on_two_workers_is_one_mail(
    sqs_server: MotoServer, folder: Path
) -> None:
    mail = make_mail()
    for _ in range(20):
        send_mail.delay(mail.id)
    with (
        celery_process(sqs_server, *WORKER, "-n", "a@%h", instance="1", mail=folder),
        celery_process(sqs_server, *WORKER, "-n", "b@%h", instance="2", mail=folder),
    ):
        eventually(all_done, within=30)
    assert mails_in(folder) == [f"<{mail.key}@example.com>"]


@pytest.mark.usefixtures("celery")
def test_what_is_no_task_is_a_dead_letter_and_ends_no_worker(
    sqs_server: MotoServer, folder: Path
) -> None:
    foreign = [
        "hello",
        "[1, 2]",
        '{"task": "resize", "id": 7}',
        '{"properties": 1}',
        '{"properties": {"delivery_info": 5}}',
        envelope(task="no.such.task", id="unknown-task"),
        envelope(task=send_mail.name, id="unknown-mail", body="[[4711], {}, {}]"),
        envelope(task=send_mail.name, id="no-arguments", body="[[], {}, {}]"),
        envelope(task=send_mail.name, id="no-json", body="nonsense"),
        envelope(task=send_mail.name, id="no-base64", body="!", body_encoding="base64"),
    ]
    with celery_process(sqs_server, *WORKER, mail=folder) as worker:
        for body in foreign:
            put(body)
        letters = DeadLetter.objects.filter(transport="celery", consumer="celery")
        eventually(lambda: letters.count() == len(foreign), within=10, what="all are buried")
        assert worker.poll() is None
        eventually(all_done)
    assert all(letter.reason and letter.body for letter in letters)
    assert "4711" in letters.get(message_id="unknown-mail").reason
    assert "no.such.task" in letters.get(message_id="unknown-task").reason


@pytest.mark.usefixtures("celery")
def test_a_buried_task_put_back_on_its_queue_is_that_task_again(
    sqs_server: MotoServer, folder: Path
) -> None:
    send_mail.apply(args=[1])  # There is no mail yet, so it is buried at once.
    letter = DeadLetter.objects.get()
    mail = make_mail()
    assert letter.destination == QUEUE.name
    with celery_process(sqs_server, *WORKER, mail=folder):
        put(letter.body.replace("[[1]", f"[[{mail.id}]"))
        eventually(lambda: mails_in(folder), within=10)


@pytest.mark.usefixtures("celery")
def test_a_mail_whose_task_was_lost_is_sent_all_the_same(
    sqs_server: MotoServer, folder: Path
) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(due_at=timezone.now() - 2 * OVERDUE)
    with celery_process(sqs_server, *WORKER, mail=folder):
        reconcile.delay()
        eventually(lambda: mails_in(folder), within=10)


def test_a_worker_outlives_its_queue_and_its_server(
    celery: Celery, sqs_server: MotoServer, folder: Path
) -> None:
    row = WorkerInstance.objects.filter(name="celery")
    mail = make_mail()
    with celery_process(sqs_server, *WORKER, mail=folder) as worker:
        sqs_server.kill()
        eventually(row.filter(is_ready=False).exists, what="it says that SQS is away")
        sqs_server.start()  # It has forgotten the queue.
        job_queue.provision(QUEUE)
        send_mail.delay(mail.id)
        eventually(lambda: mails_in(folder), within=15)
        assert worker.poll() is None


@pytest.mark.usefixtures("celery")
def test_worker_and_beat_stop_on_sigterm_and_say_goodbye(
    sqs_server: MotoServer, folder: Path, tmp_path: Path
) -> None:
    schedule = ("beat", "-s", str(tmp_path / "schedule"), "--pidfile=")
    with (
        celery_process(sqs_server, *WORKER, mail=folder) as worker,
        celery_process(sqs_server, *schedule, mail=folder) as beat,
    ):
        for process in (worker, beat):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(8) for process in (worker, beat)] == [0, 0]
    assert not WorkerInstance.objects.exists()


def envelope(*, task: str, id: str, body: str = "[[1], {}, {}]", **properties: str) -> str:
    return json.dumps(
        {
            "body": body,
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"task": task, "id": id},
            "properties": properties,
        }
    )
