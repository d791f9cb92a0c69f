"""The tutorial's SQS commands against the queue of the shop: receive, process, delete."""

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.pictures import photo
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef, SendMessageBatchRequestEntryTypeDef

BURIED_WITHIN_SECONDS = 10.0
RESIZE_7 = '{"task": "resize", "id": 7}'
TEN_JOBS: list["SendMessageBatchRequestEntryTypeDef"] = [
    {"Id": str(number), "MessageBody": RESIZE_7} for number in range(10)
]


@pytest.fixture(scope="module")
def jobs(sqs: "SQSClient") -> str:
    """`aws sqs create-queue --queue-name jobs`."""
    return sqs.create_queue(QueueName="jobs")["QueueUrl"]


def queue(shop: Shop, name: str) -> dict[str, Any]:
    return next(each for each in shop.status()["queues"] if each["name"] == name)


def is_empty(shop: Shop) -> bool:
    state = queue(shop, "jobs")
    return not state["visible"] and not state["in_flight"]


def catch_one(sqs: "SQSClient", jobs: str, *, hidden_for: int) -> "MessageTypeDef":
    """Send the tutorial's job until this test receives one before the shop's worker."""

    def sent_and_received() -> list["MessageTypeDef"]:
        for _ in range(2):
            sqs.send_message_batch(QueueUrl=jobs, Entries=TEN_JOBS)
        received = sqs.receive_message(
            QueueUrl=jobs, MaxNumberOfMessages=10, VisibilityTimeout=hidden_for
        )
        return received.get("Messages", [])

    caught = eventually(sent_and_received, within=20, what="a job of our own")
    for other in caught[1:]:
        sqs.delete_message(QueueUrl=jobs, ReceiptHandle=other["ReceiptHandle"])
    return caught[0]


def test_create_queue_returns_the_provisioned_queue(sqs: "SQSClient", jobs: str) -> None:
    attributes = sqs.get_queue_attributes(QueueUrl=jobs, AttributeNames=["All"])["Attributes"]
    assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].endswith(":jobs-dlq")
    assert sqs.get_queue_url(QueueName="jobs")["QueueUrl"] == jobs


def test_a_manually_sent_message_resizes_photo_7(shop: Shop, sqs: "SQSClient", jobs: str) -> None:
    before = shop.dead_letters("sqs")
    ready_at = shop.finished_photo(7)["ready_at"]
    sqs.send_message(QueueUrl=jobs, MessageBody=RESIZE_7)
    eventually(lambda: shop.photo(7)["ready_at"] > ready_at, within=30)
    assert len(shop.finished_photo(7)["renditions"]) == 6
    assert shop.dead_letters("sqs") == before


def test_a_received_and_deleted_message_is_gone(shop: Shop, sqs: "SQSClient", jobs: str) -> None:
    caught = catch_one(sqs, jobs, hidden_for=600)
    sqs.delete_message(QueueUrl=jobs, ReceiptHandle=caught["ReceiptHandle"])
    eventually(lambda: is_empty(shop), within=30)


def test_a_received_but_undeleted_job_is_done_by_the_worker(
    shop: Shop, sqs: "SQSClient", jobs: str
) -> None:
    before = shop.photo(7)
    catch_one(sqs, jobs, hidden_for=1)
    eventually(lambda: is_empty(shop), within=30)
    after = shop.photo(7)
    assert after["renditions"] == before["renditions"]
    assert after["ready_at"] > before["ready_at"], "made again, with the same result"


def test_a_repeated_job_leaves_the_same_renditions(
    shop: Shop, staff: Staff, addresses: Addresses, sqs: "SQSClient", jobs: str
) -> None:
    sku = staff.put_on_sale()
    id = shop.upload(sku, photo(640, 480), token=addresses.staff_token).json["id"]
    # The shop has asked for it already: this is the second and the third time.
    for _ in range(2):
        sqs.send_message(QueueUrl=jobs, MessageBody=json.dumps({"task": "resize", "id": id}))
    first = shop.finished_photo(id)["renditions"]
    eventually(lambda: is_empty(shop), within=30)
    assert shop.photo(id)["renditions"] == first
    assert len({each["url"] for each in first}) == len(first) == 4


def test_a_foreign_job_is_dead_lettered_and_blocks_no_other(
    shop: Shop, staff: Staff, sqs: "SQSClient", jobs: str
) -> None:
    marker = uuid.uuid4().hex
    bodies = [
        f"no json {marker}",
        json.dumps([marker]),
        json.dumps({"task": "resize", "id": marker}),
        json.dumps({"task": marker, "id": 7}),
        json.dumps({"task": "resize", "id": 999_999_999, "by": marker}),
    ]
    for body in bodies:
        sqs.send_message(QueueUrl=jobs, MessageBody=body)
    letters = eventually(
        lambda: found if len(found := staff.dead_letters(marker)) == len(bodies) else [],
        within=BURIED_WITHIN_SECONDS,
    )
    assert {(each["transport"], each["consumer"]) for each in letters} == {("SQS", "jobs")}
    assert all(each["reason"] for each in letters)
    eventually(lambda: is_empty(shop), within=5)


def test_a_foreign_celery_message_is_dead_lettered(
    shop: Shop, staff: Staff, sqs: "SQSClient"
) -> None:
    celery = sqs.get_queue_url(QueueName="celery")["QueueUrl"]
    marker = uuid.uuid4().hex
    for body in (f"no json {marker}", json.dumps({"task": "resize", "id": marker})):
        sqs.send_message(QueueUrl=celery, MessageBody=body)
    eventually(lambda: len(staff.dead_letters(marker)) == 2, within=BURIED_WITHIN_SECONDS)
    order = shop.buy(staff.put_on_sale())
    shop.wait_for_mail(order)  # The worker goes on.
