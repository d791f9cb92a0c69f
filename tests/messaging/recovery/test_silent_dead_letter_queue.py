"""A dead letter queue at an SQS that takes calls and never answers."""

from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import counts
from apps.messaging.models import DeadLetter
from apps.messaging.recovery.collector import collecting
from apps.messaging.worker.time_limits import Work, overdue
from tests.messaging.support.jobs import CUPS, make_outgoing
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.silent import states_of, stopped
from tests.support.waiting import eventually


@pytest.mark.django_db(transaction=True)
def test_a_silent_sqs_is_an_outage_and_no_hanging_work(
    nats_server: NatsServer,
    sqs_server: MotoServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The watchdog would end the process, which collects from JetStream too."""
    settings.MESSAGING_STREAMS = []
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    settings.SQS_WAIT_SECONDS = 5
    # Shorter than a call of SQS: one that counted as work would be overdue while SQS is silent.
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, handler=0.5)
    job_queue.provision(CUPS)
    dead_letters = replace(CUPS, name=CUPS.dead_letter_name)
    overdue_work: list[Work] = []

    def is_reported() -> bool:
        overdue_work.extend(overdue())
        return "dead letter queue away" in caplog.messages

    assert sqs_server.process
    moto = sqs_server.process.pid
    with running(collecting, ready_within=0):
        job_queue.send_batch([make_outgoing(queue=CUPS.dead_letter_name)])
        eventually(DeadLetter.objects.exists, what="the collector looks into the queue")
        eventually(lambda: not any(counts(dead_letters).values()), what="the job is deleted")
        with stopped(moto):
            eventually(
                lambda: is_reported() or overdue_work,
                what=lambda: f"SQS is away, whose threads are {states_of(moto)}",
            )
    assert not overdue_work
