"""A Celery task that hangs ends its worker, so that it does not keep a place for ever."""

from pathlib import Path

import pytest

from apps.messaging.handling.watchdog import EXIT_CODE
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.notifications.tasks import send_mail
from tests.notifications.celery_processes import WORKER, mails_in, start_celery, until_ready
from tests.notifications.mails import make_mail
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer
from tests.support.waiting import crowding, eventually

pytestmark = pytest.mark.django_db(transaction=True)

HANGS = {"FAILPOINTS": "mail.claimed=delay:seconds=600", "JOB_SECONDS": "2", "DECODER_SECONDS": "1"}


def test_the_next_worker_sends_the_mail_of_a_hung_worker(
    sqs_server: MotoServer, tmp_path: Path
) -> None:
    job_queue.provision(QUEUE)
    with celery_on_sqs():
        send_mail.delay(make_mail().pk)
    quick = {"SQS_VISIBILITY_TIMEOUT": "5"}
    hung = start_celery(sqs_server, *WORKER, instance="1", mail=tmp_path, **quick, **HANGS)
    assert hung.wait(30 * crowding()) == EXIT_CODE
    assert mails_in(tmp_path) == []
    other = start_celery(sqs_server, *WORKER, instance="2", mail=tmp_path, **quick)
    with until_ready(other):
        eventually(lambda: mails_in(tmp_path), within=60, what="the mail is sent")
    assert len(mails_in(tmp_path)) == 1
