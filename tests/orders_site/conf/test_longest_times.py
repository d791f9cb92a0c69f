"""Longest times of calls: each variable arrives where it acts; a silent server is given up."""

import json
import os
import time

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.brokers import sqs
from apps.messaging.errors import BrokerAway
from apps.messaging.jobs.job_queue import counts
from tests.messaging.support.jobs import CUPS
from tests.support.python import run_python
from tests.support.silent import silent_server
from tests.support.waiting import at_least

GIVEN = {
    "PROBE_SECONDS": "0.7",
    "NATS_CALL_SECONDS": "3.5",
    "SQS_CALL_SECONDS": "1.5",
    "ENQUEUE_SECONDS": "2.5",
    "S3_CALL_SECONDS": "4.5",
}
PROGRAM = """
import json, workers
from django.conf import settings
from apps.messaging.outbox.jetstream_publisher import ACK_DEADLINE
from apps.messaging.brokers.sqs import client, polling_client
from orders_site.celery.application import transport_options
from orders_site.conf.s3_pictures import PicturesInS3
celery, s3 = transport_options()["client-config"], PicturesInS3(bucket_name="b").client_config
quick, patient = client().meta.config, polling_client().meta.config
print(json.dumps([settings.LONGEST_TIMES.probe, ACK_DEADLINE,
    quick.connect_timeout, quick.read_timeout, patient.connect_timeout, patient.read_timeout,
    celery["connect_timeout"], celery["read_timeout"], s3.connect_timeout, s3.read_timeout]))
"""


def test_each_arrives_where_it_acts() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "orders_site.settings"} | GIVEN
    output = run_python("-c", PROGRAM, env=environment, check=True).stdout
    of_sqs = [1.5, 1.5, 1.5, sqs.POLL_SECONDS]
    assert json.loads(output) == [0.7, 3.5, *of_sqs, 2, 2.5, 2, 4.5]


def test_a_call_to_a_silent_sqs_ends(settings: Settings) -> None:
    with silent_server() as port:
        settings.AWS_ENDPOINT_URL = f"http://127.0.0.1:{port}"
        begun = time.monotonic()
        with pytest.raises(BrokerAway):
            counts(CUPS)
    asked_for = at_least(settings.LONGEST_TIMES.sqs_call)
    assert time.monotonic() - begun >= asked_for, "it was asked, and waited for"
