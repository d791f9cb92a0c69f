"""What a worker of jobs measures, on a real SQS server."""

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.worker import working
from tests.messaging.support.jobs import CUPS, send
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.scraped import scraped, until_grown

pytestmark = pytest.mark.django_db(transaction=True)

RECEIVED = {"queue_age_seconds_count{cups}": 1.0}


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(CUPS)


def wash(job: ReceivedJob) -> None:
    if job.body == "cracked":
        raise MessageUnreadable("a cup in two parts")
    if job.body == "greasy" and job.attempt == 1:
        raise RuntimeError("not clean yet")


def test_a_job_has_an_age_and_a_duration(metrics_port: int) -> None:
    before = scraped(metrics_port)
    with running(working(CUPS, wash)):
        send("clean")
        done = {"handler_duration_seconds_count{cups}": 1.0}
        until_grown(metrics_port, before, RECEIVED | done)


def test_a_failed_job_is_a_retry_and_then_a_redelivery(metrics_port: int) -> None:
    before = scraped(metrics_port)
    with running(working(CUPS, wash)):
        send("greasy")
        again = {"retries_total{cups}": 1.0, "redeliveries_total{cups}": 1.0}
        twice = {"handler_duration_seconds_count{cups}": 2.0}
        until_grown(metrics_port, before, RECEIVED | again | twice)


def test_a_job_that_is_given_up_is_counted_with_its_cause(metrics_port: int) -> None:
    before = scraped(metrics_port)
    with running(working(CUPS, wash)):
        send("cracked")
        buried = {"buried_total{unreadable,cups,sqs}": 1.0}
        done = {"handler_duration_seconds_count{cups}": 1.0}
        until_grown(metrics_port, before, RECEIVED | done | buried)
