"""A real Celery worker answers `/metrics`: its tasks, its mails, its retries."""

from pathlib import Path

import pytest

from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.notifications.put_off import AT_ONCE
from apps.notifications.tasks import send_mail
from tests.notifications.celery_processes import WORKER, start_celery, until_ready
from tests.notifications.mails import make_mail
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer
from tests.support.ports import free_port
from tests.support.scraped import scraped, until_grown

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "handler_duration_seconds_count{apps.notifications.tasks.send_mail}"


def test_a_task_and_its_mail_are_measured(sqs_server: MotoServer, tmp_path: Path) -> None:
    job_queue.provision(QUEUE)
    port = free_port()
    celery = start_celery(
        sqs_server, *WORKER, instance="1", mail=tmp_path / "mail", METRICS_PORT=str(port)
    )
    with until_ready(celery), celery_on_sqs():
        before = scraped(port)
        send_mail.delay(make_mail().id)
        sent = {TASK: 1.0, "mail_duration_seconds_count{}": 1.0}
        until_grown(port, before, sent)


def test_each_attempt_of_a_failing_task_but_the_last_is_a_retry(
    sqs_server: MotoServer, tmp_path: Path
) -> None:
    job_queue.provision(QUEUE)
    port = free_port()
    away = {"EMAIL_URL": f"smtp://127.0.0.1:{free_port()}", "METRICS_PORT": str(port)}
    celery = start_celery(sqs_server, *WORKER, instance="1", mail=tmp_path, **away)
    with until_ready(celery), celery_on_sqs():
        before = scraped(port)
        send_mail.delay(make_mail().id)
        attempts = {TASK: float(AT_ONCE), "mail_duration_seconds_count{}": float(AT_ONCE)}
        failed = attempts | {"retries_total{celery}": AT_ONCE - 1.0}
        until_grown(port, before, failed, within=60)
