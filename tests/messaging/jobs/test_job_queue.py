"""Queues as they are made, filled and counted, on a real SQS server."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import QueueGone, client, queue_url
from apps.messaging.errors import BrokerAway, MessagingError
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import JobQueue, counts, provision, send_batch
from apps.messaging.jobs.receipts import change_visibility, delete, receive
from tests.messaging.support.jobs import CUPS, make_outgoing, receive_one
from tests.support.moto_server import MotoServer
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(CUPS)


def test_provisioning_again_changes_nothing() -> None:
    before = queue_url(CUPS.name)
    provision(CUPS)
    assert queue_url(CUPS.name) == before


def test_provisioning_brings_an_older_queue_up_to_date() -> None:
    provision(JobQueue(name=CUPS.name, max_receive_count=9))
    attributes = client().get_queue_attributes(
        QueueUrl=queue_url(CUPS.name), AttributeNames=["RedrivePolicy"]
    )["Attributes"]
    policy = json.loads(attributes["RedrivePolicy"])
    assert int(policy["maxReceiveCount"]) == 9
    assert policy["deadLetterTargetArn"].endswith(f":{CUPS.dead_letter_name}")


def test_a_foreign_create_queue_answers_with_ours() -> None:
    answer = client().create_queue(QueueName=CUPS.name)
    assert answer["QueueUrl"] == queue_url(CUPS.name)


def test_a_job_arrives_with_its_headers() -> None:
    sent = make_outgoing()
    assert send_batch([sent]) == {0: None}
    job = receive_one()
    assert (job.body, job.attempt) == ('{"cup": 1}', 1)
    assert (job.message_id, job.headers) == (sent.message_id, sent.headers)


def test_more_than_one_batch_is_sent() -> None:
    outcome = send_batch([make_outgoing() for _ in range(23)])
    assert outcome == dict.fromkeys(range(23))
    assert counts(CUPS) == {"visible": 23, "in_flight": 0}


def test_jobs_for_two_queues_find_their_own() -> None:
    other = JobQueue(name="plates")
    provision(other)
    send_batch([make_outgoing(), make_outgoing(queue="plates"), make_outgoing()])
    assert (counts(CUPS)["visible"], counts(other)["visible"]) == (2, 1)


def test_a_missing_queue_is_not_the_jobs_fault() -> None:
    outcome = send_batch([make_outgoing(queue="nowhere"), make_outgoing()])
    assert isinstance(outcome[0], QueueGone)
    assert outcome[1] is None


def test_while_sqs_is_away_every_job_is_told_so(sqs_server: MotoServer) -> None:
    sqs_server.kill()
    outcome = send_batch([make_outgoing(), make_outgoing()])
    assert [type(error) for error in outcome.values()] == [BrokerAway, BrokerAway]


def test_sqs_away_is_waited_for_once_however_many_jobs_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    class Silent:
        def send_message_batch(self, **_: object) -> None:
            calls.append(1)
            raise EndpointConnectionError(endpoint_url="http://sqs")

    monkeypatch.setattr(job_queue, "quick_client", Silent)
    outcome = send_batch([make_outgoing() for _ in range(50)])
    assert {type(error) for error in outcome.values()} == {BrokerAway}
    assert (len(outcome), len(calls)) == (50, 1)


def test_nothing_is_sent_once_it_is_time_to_stop() -> None:
    asked = iter([False, True])
    outcome = send_batch([make_outgoing() for _ in range(25)], stop=lambda: next(asked))
    assert outcome == dict.fromkeys(range(10))
    assert counts(CUPS)["visible"] == 10


def test_a_job_that_botocore_refuses_does_not_hold_up_those_beside_it() -> None:
    strange: Any = {"ce-id": 7}
    outcome = send_batch([make_outgoing(), make_outgoing(headers=strange), make_outgoing()])
    assert (outcome[0], outcome[2]) == (None, None)
    assert type(outcome[1]) is MessagingError


def test_a_job_that_sqs_refuses_does_not_hold_up_those_beside_it() -> None:
    outcome = send_batch([make_outgoing(), make_outgoing(body="x" * 2 * 1024**2), make_outgoing()])
    assert (outcome[0], outcome[2]) == (None, None)
    assert type(outcome[1]) is MessagingError


def test_a_message_without_attributes_is_known_by_sqs_own_id() -> None:
    sent = client().send_message(QueueUrl=queue_url(CUPS.name), MessageBody='{"cup": 2}')
    assert receive_one().message_id == sent["MessageId"]


def test_an_absurd_id_is_not_taken_for_one() -> None:
    send_batch([make_outgoing(headers={"ce-id": "x" * 500})])
    job = receive_one()
    assert job.message_id == job.sqs_id


def test_what_was_received_is_in_flight_until_deleted() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    assert counts(CUPS) == {"visible": 0, "in_flight": 1}
    assert delete([job]) == []
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_deleting_twice_is_done_and_not_to_be_tried_again() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    delete([job])
    assert delete([job]) == []


def test_an_invalid_receipt_handle_counts_as_deleted() -> None:
    send_batch([make_outgoing()])
    assert delete([replace(receive_one(), receipt_handle="of another time")]) == []


def test_a_job_given_back_comes_again_with_a_new_receipt_handle() -> None:
    send_batch([make_outgoing()])
    first = receive_one()
    assert change_visibility([first], seconds=0) == []
    second = receive_one()
    assert (second.sqs_id, second.attempt) == (first.sqs_id, 2)
    assert second.receipt_handle != first.receipt_handle


def test_a_job_that_is_gone_is_reported_as_lost() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    delete([job])
    assert change_visibility([job], seconds=30) == [job]


def test_a_job_whose_time_is_refused_takes_none_along(settings: Settings) -> None:
    """To moto twelve hours are counted from the sending, and one job over them refuses all."""
    settings.SQS_VISIBILITY_TIMEOUT = 2
    twelve_hours = 12 * 3600
    send_batch([make_outgoing()])
    sent = time.monotonic()
    eventually(lambda: time.monotonic() > sent + 4)
    send_batch([make_outgoing()])
    jobs = receive(CUPS.name, at_most=10, wait_seconds=2)
    assert len(jobs) == 2
    assert change_visibility(jobs, seconds=twelve_hours - 4) == []
    eventually(lambda: counts(CUPS) == {"visible": 1, "in_flight": 1}, within=5)
