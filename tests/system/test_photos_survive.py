"""Resizers and the queue are killed with photos in flight: each photo is finished once."""

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.pictures import photo
from tests.acceptance.shop import END_WITHIN_SECONDS, Shop
from tests.acceptance.staff import Staff
from tests.demo.running import RunningDemo
from tests.support.waiting import eventually
from tests.system.failing import kill, without_restarts
from tests.system.tables import rows

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef


@pytest.fixture(scope="module")
def sku(staff: Staff) -> str:
    return staff.put_on_sale()


def add_photo(shop: Shop, sku: str, addresses: Addresses) -> int:
    answer = shop.upload(sku, photo(640, 480), token=addresses.staff_token)
    assert answer.status == 202
    return int(answer.json["id"])


def wait_until_ready(demo: RunningDemo, photo: int) -> None:
    """Look into the table: a moment later the job would be deleted."""
    ready = "SELECT 1 FROM images_photo WHERE id = %s AND status = 'ready'"
    eventually(lambda: rows(demo, ready, photo))


def unfinished_jobs(shop: Shop) -> int:
    (jobs,) = (each for each in shop.status()["queues"] if each["name"] == "jobs")
    return int(jobs["in_flight"]) + int(jobs["visible"])


def receive(sqs: "SQSClient", queue: str) -> "MessageTypeDef":
    """Wait for one message, and hide it for a second."""
    received = sqs.receive_message(
        QueueUrl=queue,
        VisibilityTimeout=1,
        WaitTimeSeconds=10,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    (message,) = received["Messages"]
    return message


def receipts(message: "MessageTypeDef") -> int:
    return int(message["Attributes"]["ApproximateReceiveCount"])


def test_a_redelivered_finished_job_has_one_result(
    live_demo: RunningDemo, shop: Shop, sqs: "SQSClient", addresses: Addresses, sku: str
) -> None:
    queue = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    eventually(lambda: not unfinished_jobs(shop), within=30)
    # The delete follows the work within 0.2 s: try until the kill was quicker.
    for _ in range(10):
        id = add_photo(shop, sku, addresses)
        with without_restarts(live_demo, shop):
            wait_until_ready(live_demo, id)
            kill(live_demo.pids("workers.image_resizer")[0])
            if not unfinished_jobs(shop):
                continue
            done = shop.photo(id)["renditions"]
            first, second = receive(sqs, queue), receive(sqs, queue)
            break
    assert json.loads(first["Body"]) == json.loads(second["Body"]) == {"task": "resize", "id": id}
    assert first["ReceiptHandle"] != second["ReceiptHandle"]
    # How often it was received before depends on whose long poll outlived the worker.
    assert receipts(second) > receipts(first) > 1
    # It was not deleted: the worker does it a second time.
    eventually(lambda: not unfinished_jobs(shop), within=20)
    eventually(lambda: f"attempt={receipts(second) + 1}" in live_demo.log)
    assert shop.photo(id)["renditions"] == done


def test_other_members_continue_after_one_is_killed(
    live_demo: RunningDemo, shop: Shop, nats: NatsClient, staff: Staff
) -> None:
    probe, marker = uuid.uuid4().hex, uuid.uuid4().hex
    with without_restarts(live_demo, shop):
        kill(live_demo.pids("workers.preview_resizer")[0])

        def has_noticed() -> bool:
            # Messages that the server sends to a dead member, before it notices, are lost.
            nats.publish("jobs.resize", probe.encode())
            return bool(staff.dead_letters(probe))

        eventually(has_noticed)
        for number in range(20):
            nats.publish("jobs.resize", f"{marker} {number}".encode())
        eventually(lambda: len(staff.dead_letters(marker)) == 20, within=2)


def test_an_sqs_outage_delays_photos_but_not_orders(
    live_demo: RunningDemo, shop: Shop, sku: str, addresses: Addresses
) -> None:
    with without_restarts(live_demo, shop):
        kill(live_demo.pids("moto")[0])
        id = add_photo(shop, sku, addresses)
        assert shop.end_of(shop.buy(sku), within=END_WITHIN_SECONDS)["status"] == "confirmed"
        assert shop.photo(id)["status"] == "waiting"
        assert "sqs" in shop.get("/readyz/all").json["problems"]
    # The queue is created again, and the outbox sends it the jobs that waited.
    assert shop.finished_photo(id)["status"] == "ready"
