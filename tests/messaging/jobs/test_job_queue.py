"""Creating, filling and counting queues, on a real SQS server."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import QueueAway, QueueGone, client, queue_url
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


def test_provisioning_leads_dead_letters_to_a_queue_that_was_made_again() -> None:
    """Moto moves them to the deleted queue of that name until the redrive policy is set again."""
    client().delete_queue(QueueUrl=queue_url(CUPS.dead_letter_name))
    provision(CUPS)
    send_batch([make_outgoing()])
    for _ in range(CUPS.max_receive_count):
        assert change_visibility([receive_one()], seconds=0) == []
    assert receive(CUPS.name, at_most=10, wait_seconds=0) == []
    (job,) = receive(CUPS.dead_letter_name, at_most=10, wait_seconds=2)
    assert job.body == '{"cup": 1}'


def test_a_clients_create_queue_returns_the_provisioned_queue() -> None:
    answer = client().create_queue(QueueName=CUPS.name)
    assert answer["QueueUrl"] == queue_url(CUPS.name)


def test_a_job_arrives_with_its_headers() -> None:
    sent = make_outgoing()
    assert send_batch([sent]) == {0: None}
    job = receive_one()
    assert (job.body, job.attempt) == ('{"cup": 1}', 1)
    assert (job.message_id, job.headers) == (sent.message_id, sent.headers)


def test_sending_handles_more_than_one_batch() -> None:
    outcome = send_batch([make_outgoing() for _ in range(23)])
    assert outcome == dict.fromkeys(range(23))
    assert counts(CUPS) == {"visible": 23, "in_flight": 0}


def test_jobs_of_two_queues_reach_their_own_queue() -> None:
    other = JobQueue(name="plates")
    provision(other)
    send_batch([make_outgoing(), make_outgoing(queue="plates"), make_outgoing()])
    assert (counts(CUPS)["visible"], counts(other)["visible"]) == (2, 1)


def test_a_missing_queue_is_not_counted_against_the_job() -> None:
    outcome = send_batch([make_outgoing(queue="nowhere"), make_outgoing()])
    assert isinstance(outcome[0], QueueGone)
    assert outcome[1] is None


@pytest.mark.parametrize(
    ("code", "is_away"),
    [("RequestThrottled", True), ("InternalError", True), ("InvalidMessageContents", False)],
)
def test_only_the_messages_own_error_counts_against_the_job(
    monkeypatch: pytest.MonkeyPatch, code: str, *, is_away: bool
) -> None:
    """AWS calls throttling the sender's fault."""
    failed = {"Id": "0", "Code": code, "SenderFault": True, "Message": "later"}
    monkeypatch.setattr(client(), "send_message_batch", lambda **_: {"Failed": [failed]})
    error = send_batch([make_outgoing()])[0]
    assert isinstance(error, QueueAway) is is_away
    assert str(error) == f"{code}: later"


def test_a_job_that_the_answer_does_not_name_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"Successful": [{"Id": "1"}]}
    monkeypatch.setattr(client(), "send_message_batch", lambda **_: answer)
    outcome = send_batch([make_outgoing(), make_outgoing()])
    assert isinstance(outcome[0], QueueAway)
    assert outcome[1] is None


def test_every_job_reports_that_sqs_is_away(sqs_server: MotoServer) -> None:
    sqs_server.kill()
    outcome = send_batch([make_outgoing(), make_outgoing()])
    assert [type(error) for error in outcome.values()] == [BrokerAway, BrokerAway]


def test_a_batch_waits_for_an_absent_sqs_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    class Silent:
        def send_message_batch(self, **_: object) -> None:
            calls.append(1)
            raise EndpointConnectionError(endpoint_url="http://sqs")

    monkeypatch.setattr(job_queue, "client", Silent)
    outcome = send_batch([make_outgoing() for _ in range(50)])
    assert {type(error) for error in outcome.values()} == {BrokerAway}
    assert (len(outcome), len(calls)) == (50, 1)


def test_no_further_batch_is_sent_after_a_stop() -> None:
    asked = iter([False, True])
    outcome = send_batch([make_outgoing() for _ in range(25)], stop=lambda: next(asked))
    assert outcome == dict.fromkeys(range(10))
    assert counts(CUPS)["visible"] == 10


def test_a_job_rejected_by_botocore_blocks_no_other() -> None:
    strange: Any = {"ce-id": 7}
    outcome = send_batch([make_outgoing(), make_outgoing(headers=strange), make_outgoing()])
    assert (outcome[0], outcome[2]) == (None, None)
    assert type(outcome[1]) is MessagingError


def test_a_job_rejected_by_sqs_blocks_no_other() -> None:
    outcome = send_batch([make_outgoing(), make_outgoing(body="x" * 2 * 1024**2), make_outgoing()])
    assert (outcome[0], outcome[2]) == (None, None)
    assert type(outcome[1]) is MessagingError


def test_a_message_without_attributes_is_identified_by_its_sqs_id() -> None:
    sent = client().send_message(QueueUrl=queue_url(CUPS.name), MessageBody='{"cup": 2}')
    assert receive_one().message_id == sent["MessageId"]


def test_an_invalid_id_is_ignored() -> None:
    send_batch([make_outgoing(headers={"ce-id": "x" * 500})])
    job = receive_one()
    assert job.message_id == job.sqs_id


def test_a_received_job_is_in_flight_until_deleted() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    assert counts(CUPS) == {"visible": 0, "in_flight": 1}
    assert delete([job]) == []
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_deleting_a_job_twice_succeeds() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    delete([job])
    assert delete([job]) == []


def test_an_invalid_receipt_handle_counts_as_deleted() -> None:
    send_batch([make_outgoing()])
    assert delete([replace(receive_one(), receipt_handle="of another time")]) == []


def test_a_returned_job_is_received_with_a_new_receipt_handle() -> None:
    send_batch([make_outgoing()])
    first = receive_one()
    assert change_visibility([first], seconds=0) == []
    second = receive_one()
    assert (second.sqs_id, second.attempt) == (first.sqs_id, 2)
    assert second.receipt_handle != first.receipt_handle


def test_a_missing_job_is_reported_as_lost() -> None:
    send_batch([make_outgoing()])
    job = receive_one()
    delete([job])
    assert change_visibility([job], seconds=30) == [job]


def test_a_rejected_visibility_timeout_affects_no_other_job(settings: Settings) -> None:
    """Moto counts the twelve hours from the sending, and one job over the limit fails the batch."""
    settings.SQS_VISIBILITY_TIMEOUT = 6
    twelve_hours = 12 * 3600
    send_batch([make_outgoing()])
    sent = time.monotonic()
    eventually(lambda: time.monotonic() > sent + 6)
    send_batch([make_outgoing()])
    jobs = receive(CUPS.name, at_most=10, wait_seconds=2)
    assert len(jobs) == 2
    assert change_visibility(jobs, seconds=twelve_hours - 6) == []
    eventually(lambda: counts(CUPS) == {"visible": 1, "in_flight": 1}, within=20)
