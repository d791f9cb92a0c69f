"""The worker `image_resizer` on a real SQS server, fed by a foreign client."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.images import sandbox
from apps.images.answers import Rendered
from apps.images.jobs import QUEUE, resize
from apps.images.models import Photo, Rendition
from apps.messaging.brokers.sqs import client as sqs
from apps.messaging.brokers.sqs import queue_url
from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.receipts import receive
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter, FailedDelivery
from tests.images import hostile_decoder
from tests.images.drawn import draw, encode, make_photo
from tests.messaging.support.jobs import is_empty
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

RESIZE_7 = '{"task": "resize", "id": 7}'


@pytest.fixture(autouse=True)
def queue(sqs_server: MotoServer) -> None:
    provision(QUEUE)


def type_in(body: str) -> None:
    sqs().send_message(QueueUrl=queue_url(QUEUE.name), MessageBody=body)


def queue_is_empty() -> bool:
    return is_empty(QUEUE)


def read(client: Client, id: int) -> Any:
    return client.get(f"/api/photos/{id}").json()


@pytest.mark.one_database
def test_a_manual_job_message_resizes_photo_7(client: Client) -> None:
    make_photo(encode(draw(2000, 1500)), id=7)
    type_in(RESIZE_7)
    with running(working(QUEUE, resize)):
        eventually(lambda: read(client, 7)["status"] == "ready")
        eventually(queue_is_empty)
    assert len(read(client, 7)["renditions"]) == 6


@pytest.mark.one_database
def test_a_manual_job_for_a_ready_photo_is_visibly_done(client: Client) -> None:
    make_photo(encode(draw(300, 200)), id=7)
    with running(working(QUEUE, resize)):
        type_in(RESIZE_7)
        eventually(lambda: read(client, 7)["status"] == "ready")
        first = read(client, 7)
        type_in(RESIZE_7)
        eventually(lambda: read(client, 7) != first)
        again = read(client, 7)
    assert again == first | {"ready_at": again["ready_at"]}


def test_an_undeleted_job_is_processed_twice_with_one_result() -> None:
    make_photo(id=7)
    type_in(RESIZE_7)
    # A worker that died after its work and before the deletion.
    (first,) = receive(QUEUE.name, at_most=1, wait_seconds=2)
    sqs().change_message_visibility(
        QueueUrl=queue_url(QUEUE.name), ReceiptHandle=first.receipt_handle, VisibilityTimeout=1
    )
    resize(first)
    made = list(Rendition.objects.values())
    (second,) = receive(QUEUE.name, at_most=1, wait_seconds=5)
    assert second.receipt_handle != first.receipt_handle
    sqs().change_message_visibility(
        QueueUrl=queue_url(QUEUE.name), ReceiptHandle=second.receipt_handle, VisibilityTimeout=0
    )
    with running(working(QUEUE, resize)):
        eventually(queue_is_empty)
    assert list(Rendition.objects.values()) == made
    assert not DeadLetter.objects.exists()


def test_concurrent_copies_of_a_job_have_one_result() -> None:
    make_photo(encode(draw(900, 600)), id=7)
    for _ in range(8):
        type_in(RESIZE_7)
    with running(working(QUEUE, resize)), running(working(QUEUE, resize), name="second"):
        eventually(queue_is_empty, within=20)
    assert Rendition.objects.count() == 6
    assert Photo.objects.get().status == "ready"


@pytest.mark.one_database
def test_unreadable_messages_are_dead_lettered_within_ten_seconds() -> None:
    unreadable = ["no json", '{"id": 42, "total": 19.99}', '{"task": "resize", "id": 99}']
    for body in unreadable:
        type_in(body)
    with running(working(QUEUE, resize)):
        eventually(lambda: DeadLetter.objects.count() == 3, within=10)
        eventually(queue_is_empty)
    letters = {letter.body: letter.reason for letter in DeadLetter.objects.all()}
    assert set(letters) == set(unreadable)
    assert letters[unreadable[2]] == "there is no photo 99"


@pytest.mark.one_database
def test_a_slow_picture_fails_its_own_job_only(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, ask = encode(draw(600, 400)), sandbox._asked

    def spin_over_the_large(task: str, data: bytes, *more: Any) -> list[Rendered]:
        return ask("spin" if (task, data) == ("renditions", large) else task, data, *more)

    monkeypatch.setattr(sandbox, "_asked", spin_over_the_large)
    monkeypatch.setattr(sandbox, "_start", hostile_decoder.start)
    monkeypatch.setattr(sandbox, "_idle", [])
    monkeypatch.setattr(sandbox, "MAKING", replace(sandbox.MAKING, cpu_seconds=1))
    slow, good = make_photo(large), make_photo()
    for photo in (slow, good):
        type_in(json.dumps({"task": "resize", "id": photo.pk}))
    with running(working(QUEUE, resize)):
        eventually(lambda: read(client, good.pk)["status"] == "ready")
        eventually(lambda: read(client, slow.pk)["status"] == "failed", within=20)
        eventually(queue_is_empty)
    assert read(client, slow.pk)["reason"] == "decoding took longer than 1 s"
    assert DeadLetter.objects.get().attempts == 1


@pytest.mark.one_database
def test_a_photo_whose_original_is_away_for_a_moment_is_made(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """As while a volume is not mounted: an attempt fails, and a later one finds the file."""
    photo = make_photo()
    settings.MEDIA_ROOT = str(tmp_path / "not mounted")
    type_in(json.dumps({"task": "resize", "id": photo.pk}))
    with running(working(replace(QUEUE, retry_seconds=0.1), resize)):
        eventually(FailedDelivery.objects.filter(error__contains="OriginalMissing").exists)
        assert read(client, photo.pk)["status"] == "waiting"
        settings.MEDIA_ROOT = str(tmp_path)
        eventually(lambda: read(client, photo.pk)["status"] == "ready")
    assert not DeadLetter.objects.exists()


@pytest.mark.one_database
def test_a_broken_picture_fails_and_makes_a_dead_letter(client: Client) -> None:
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    type_in(json.dumps({"task": "resize", "id": photo.pk}))
    with running(working(QUEUE, resize)):
        eventually(lambda: read(client, photo.pk)["status"] == "failed")
    assert read(client, photo.pk)["reason"] == DeadLetter.objects.get().reason
