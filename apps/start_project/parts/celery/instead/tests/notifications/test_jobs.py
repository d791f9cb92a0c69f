"""The queue `mails` on a real SQS server, from the job in the outbox to the mail."""

import pytest
from django.core.mail import EmailMessage
from django.db import transaction

from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter
from apps.messaging.outbox.relay import relaying
from apps.notifications.jobs import QUEUE, send_mail
from apps.notifications.tasks import ask_to_send
from tests.messaging.support.jobs import is_empty, send_to
from tests.notifications.mail_jobs import send_job
from tests.notifications.mails import make_mail
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(QUEUE)


def test_a_job_of_the_outbox_sends_its_mail(
    nats_server: NatsServer, mailoutbox: list[EmailMessage]
) -> None:
    mail = make_mail()
    with transaction.atomic():
        ask_to_send([mail])
    with running(relaying, name="outbox_relay"), running(working(QUEUE, send_mail)):
        eventually(lambda: mailoutbox)
        eventually(lambda: is_empty(QUEUE))
    assert [each.to for each in mailoutbox] == [[mail.to]]


def test_twenty_jobs_of_a_mail_send_it_once(mailoutbox: list[EmailMessage]) -> None:
    mail = make_mail()
    for _ in range(20):
        send_job(mail.id)
    with running(working(QUEUE, send_mail, concurrency=4)):
        eventually(lambda: is_empty(QUEUE))
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("send it", "Invalid JSON"),
        ('{"task": "resize", "id": 1}', "task"),
        ('{"task": "send_mail", "id": 7}', "there is no mail 7"),
    ],
)
def test_a_job_that_names_no_mail_is_a_dead_letter(body: str, reason: str) -> None:
    send_to(QUEUE, body)
    with running(working(QUEUE, send_mail)):
        eventually(DeadLetter.objects.exists)
    letter = DeadLetter.objects.get()
    assert (letter.transport, letter.consumer) == ("sqs", "mails")
    assert reason in letter.reason
