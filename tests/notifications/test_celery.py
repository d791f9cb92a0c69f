"""Celery on a real SQS server, with workers as processes of their own."""

import json
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoDbBlocker

from apps.messaging.brokers import sqs
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.messaging.jobs.job_queue import OutgoingJob
from apps.messaging.models import DeadLetter, OutboxMessage, WorkerInstance
from apps.messaging.recovery.redrive import redrive
from apps.notifications.models import Mail
from apps.notifications.tasks import OVERDUE, reconcile, send_mail
from tests.messaging.support.jobs import is_empty
from tests.notifications.celery_processes import WORKER, mails_in, start_celery, until_ready
from tests.notifications.mails import make_mail
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer
from tests.support.python import Program
from tests.support.waiting import at_most, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def generated() -> str:
    """A random body of a foreign client: neither JSON nor base64."""
    return f"{secrets.token_hex(4)}!"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def workers(
    _sqs_server: MotoServer,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    folder: Path,
) -> Iterator[list[Program]]:
    """Two workers for all tests of this file; they survive losing their queue and server."""
    with django_db_blocker.unblock():
        _sqs_server.start()
        provision_on(_sqs_server)
        started = [
            start_celery(_sqs_server, *WORKER, "-n", f"{number}@%h", instance=number, mail=folder)
            for number in ("1", "2")
        ]
        with until_ready(*started):
            yield started


@pytest.fixture
def celery(sqs_server: MotoServer) -> Iterator[Celery]:
    """The shop's Celery app, pointed at the test's server, with its queue provisioned."""
    job_queue.provision(QUEUE)
    with celery_on_sqs() as app:
        yield app


def all_done() -> bool:
    return is_empty(QUEUE)


def put(body: str) -> None:
    sqs.client().send_message(QueueUrl=sqs.queue_url("celery"), MessageBody=body)


@pytest.mark.usefixtures("celery", "workers")
def test_twenty_copies_of_a_task_send_one_mail(folder: Path) -> None:
    mail = make_mail()
    for _ in range(20):
        send_mail.delay(mail.id)
    eventually(all_done, within=30)
    assert mails_in(folder).count(mail.key) == 1


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file is read-only for nobody")
@pytest.mark.usefixtures("celery", "workers")
def test_a_read_only_database_loses_no_mail_and_no_worker(folder: Path) -> None:
    """The wait is longer than all attempts: the last failure must not occupy a slot forever."""
    mails = [make_mail() for _ in range(12)]
    with read_only():
        for mail in mails:
            send_mail.delay(mail.id)
        time.sleep(40)
        assert not Mail.objects.filter(state=Mail.State.SENT).exists()
    eventually(all_done, within=30)
    assert {mails_in(folder).count(mail.key) for mail in mails} == {1}
    assert not DeadLetter.objects.exists()


@contextmanager
def read_only() -> Iterator[None]:
    """Make all other sessions read-only; older sessions are ended."""
    name = connection.settings_dict["NAME"]
    for value in ("on", "off"):
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        if value == "on":
            yield


@pytest.mark.usefixtures("celery")
@pytest.mark.one_database
def test_an_invalid_task_is_dead_lettered_and_ends_no_worker(
    workers: list[Program],
) -> None:
    foreign = [
        generated(),
        json.dumps([generated()]),
        json.dumps({generated(): generated()}),
        envelope(task="no.such.task", id="unknown-task"),
        envelope(task=send_mail.name, id="unknown-mail", body="[[4711], {}, {}]"),
        envelope(task=send_mail.name, id="no-arguments", body="[[], {}, {}]"),
        envelope(task=send_mail.name, id="no-json", body=generated()),
        envelope(task=send_mail.name, id="no-base64", body=generated(), body_encoding="base64"),
    ]
    for body in foreign:
        put(body)
    letters = DeadLetter.objects.filter(transport="celery", consumer="celery")
    eventually(lambda: letters.count() == len(foreign), within=10, what="all are buried")
    eventually(all_done)
    assert all(letter.reason and letter.body for letter in letters)
    faults = {letter.reason for letter in letters if letter.reason.startswith("no task: ")}
    assert {"no task: no JSON", "no task: body: Field required"} <= faults
    assert "4711" in letters.get(message_id="unknown-mail").reason
    assert "no.such.task" in letters.get(message_id="unknown-task").reason
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.usefixtures("celery", "workers")
def test_a_redriven_task_runs_as_the_same_task(folder: Path) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(id=4711)  # So the task looks in vain.
    send_mail.delay(mail.id)
    letter = the_letter()
    Mail.objects.filter(id=4711).update(id=mail.id)
    redrive_over_sqs(letter)
    eventually(lambda: mail.key in mails_in(folder))


@pytest.mark.usefixtures("celery", "workers")
def test_a_redriven_invalid_task_is_the_same_dead_letter() -> None:
    put(generated())
    letter = the_letter()
    redrive_over_sqs(letter)
    eventually(DeadLetter.objects.filter(pk=letter.pk, state="dead", redrives=1).exists)
    assert DeadLetter.objects.count() == 1


@pytest.mark.usefixtures("celery", "workers")
def test_a_mail_with_a_lost_task_is_still_sent(folder: Path) -> None:
    mail = make_mail()
    Mail.objects.filter(id=mail.id).update(due_at=timezone.now() - 2 * OVERDUE)
    reconcile.delay()
    eventually(lambda: mail.key in mails_in(folder))


@pytest.mark.usefixtures("celery")
@pytest.mark.one_database
def test_celery_workers_survive_an_sqs_outage(
    sqs_server: MotoServer, workers: list[Program], folder: Path
) -> None:
    mail = make_mail()
    sqs_server.kill()
    with pytest.raises(OperationalError):
        send_mail.delay(mail.id)
    sqs_server.start()  # It has forgotten the queue.
    job_queue.provision(QUEUE)
    send_mail.delay(mail.id)
    eventually(lambda: mail.key in mails_in(folder), within=15)
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.usefixtures("celery")
@pytest.mark.one_database
def test_worker_and_beat_stop_on_sigterm_and_sign_off(
    sqs_server: MotoServer, tmp_path: Path
) -> None:
    schedule = ("beat", "-s", str(tmp_path / "schedule"), "--pidfile=")
    worker = start_celery(sqs_server, *WORKER, "-n", "3@%h", instance="3", mail=tmp_path)
    beat = start_celery(sqs_server, *schedule, instance="3", mail=tmp_path)
    with until_ready(worker, beat):
        for process in (worker, beat):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(at_most(8)) for process in (worker, beat)] == [0, 0]
    assert not WorkerInstance.objects.filter(instance="3").exists()


def provision_on(server: MotoServer) -> None:
    with override_settings(AWS_ENDPOINT_URL=server.url):
        job_queue.provision(QUEUE)


def the_letter() -> DeadLetter:
    eventually(DeadLetter.objects.exists, what="it is buried")
    return DeadLetter.objects.get()


def redrive_over_sqs(letter: DeadLetter) -> None:
    """Redrive it, and send it as the relay does."""
    redrive(id=letter.pk)
    row = OutboxMessage.objects.get(key=f"dead-letter:{letter.pk}")
    job = OutgoingJob(
        queue=row.destination,
        message_id=str(row.message_id),
        headers=json.loads(row.headers),
        body=row.body,
    )
    assert job_queue.send_batch([job]) == {0: None}


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
