"""The queue of Celery's tasks, and its schedule."""

import pytest
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from apps.messaging.jobs import job_queue
from apps.messaging.jobs.celery_queue import QUEUE
from apps.messaging.jobs.job_queue import OutgoingJob
from apps.messaging.jobs.receipts import change_visibility, receive
from orders_site.celery import application
from tests.support.celery_on_sqs import celery_on_sqs
from tests.support.moto_server import MotoServer


def test_the_broker_url_has_host_and_port_of_a_local_server(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4566"
    assert application.broker_url() == "sqs://demo:demo@127.0.0.1:4566//"
    options = application.transport_options()
    assert options["is_secure"] is False
    assert options["predefined_queues"] == {
        "celery": {"url": "http://127.0.0.1:4566/123456789012/celery"}
    }


def test_the_real_sqs_needs_no_keys_in_the_url(settings: Settings) -> None:
    settings.AWS_ENDPOINT_URL = settings.AWS_ACCESS_KEY_ID = ""
    settings.CELERY_QUEUE_URL = "https://sqs.eu-west-2.amazonaws.com/1/celery"
    assert application.broker_url() == "sqs:////"
    options = application.transport_options()
    assert options["is_secure"] is True
    assert options["predefined_queues"] == {"celery": {"url": settings.CELERY_QUEUE_URL}}


def test_tasks_of_two_shops_in_one_account_do_not_meet(
    sqs_server: MotoServer, settings: Settings
) -> None:
    settings.QUEUE_PREFIX = "shop-b-"
    job_queue.provision(QUEUE)
    settings.QUEUE_PREFIX = "shop-a-"
    job_queue.provision(QUEUE)
    with celery_on_sqs() as app:
        for _ in range(10):
            app.send_task("brew")
    assert job_queue.counts(QUEUE)["visible"] == 10
    settings.QUEUE_PREFIX = "shop-b-"
    assert job_queue.counts(QUEUE) == {"visible": 0, "in_flight": 0}


def test_a_key_with_signs_in_it_stays_whole(settings: Settings) -> None:
    settings.AWS_SECRET_ACCESS_KEY = "a/b+c@d:e"
    assert application.app.connection_for_write(application.broker_url()).password == "a/b+c@d:e"


def test_tasks_go_to_the_queue_that_is_provisioned() -> None:
    assert application.app.conf.task_default_queue == QUEUE.name


def test_a_task_that_kills_workers_ends_in_the_dead_letter_queue(
    sqs_server: MotoServer,
) -> None:
    job_queue.provision(QUEUE)
    task = OutgoingJob(queue=QUEUE.name, message_id="1", headers={}, body="{}")
    assert job_queue.send_batch([task]) == {0: None}
    for _ in range(QUEUE.max_receive_count):
        change_visibility(receive(QUEUE.name, at_most=1, wait_seconds=1), seconds=0)
    assert receive(QUEUE.name, at_most=1, wait_seconds=1) == []
    assert len(receive(QUEUE.dead_letter_name, at_most=1, wait_seconds=1)) == 1


@pytest.mark.parametrize("entry", application.app.conf.beat_schedule.values())
def test_every_scheduled_task_exists(entry: dict[str, str]) -> None:
    assert import_string(entry["task"]).name == entry["task"]
