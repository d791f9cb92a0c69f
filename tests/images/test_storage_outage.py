"""The storage of the pictures is away for a while: jobs wait, and none is given up."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import Count
from pytest_django.fixtures import Settings

from apps.images.jobs import QUEUE, resize
from apps.images.models import Photo
from apps.images.storage import PictureFiles
from apps.messaging.handling import brake
from apps.messaging.jobs import delivery
from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.worker import working
from apps.messaging.models import DeadLetter, FailedDelivery
from tests.images.drawn import draw, encode, make_photo
from tests.messaging.support.jobs import send_to
from tests.support.moto_server import MotoServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

PHOTOS, TOO_MANY = 12, 4
SOON = replace(QUEUE, retry_seconds=0.1)


@pytest.fixture(autouse=True)
def short_waits(sqs_server: MotoServer, settings: Settings) -> Iterator[None]:
    provision(QUEUE)
    settings.RETRIES = replace(
        settings.RETRIES, jobs_for=3600.0, pause_after=TOO_MANY, longest_pause=0.3
    )
    with (
        patch.object(brake, "FIRST_PAUSE_SECONDS", 0.1),
        patch.object(delivery, "LONGEST_DELAY_SECONDS", 0.2),
    ):
        yield


@pytest.fixture
def is_back(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what ends the outage: until it is set, no original can be read."""
    back = threading.Event()
    read = PictureFiles._open  # type: ignore[attr-defined]  # the stubs lack it

    def read_or_fail(storage: PictureFiles, *args: Any) -> Any:
        if not back.is_set():
            raise OSError("the storage does not answer")
        return read(storage, *args)

    monkeypatch.setattr(PictureFiles, "_open", read_or_fail)
    return back


def most_failures() -> int:
    """Return how often the job has failed that has failed most often."""
    counts = FailedDelivery.objects.values("message_id").annotate(times=Count("id"))
    return max((each["times"] for each in counts), default=0)


def test_an_outage_of_the_storage_gives_no_job_up(is_back: threading.Event) -> None:
    send_to(QUEUE, *[f'{{"task": "resize", "id": {make_photo().pk}}}' for _ in range(PHOTOS)])
    with running(working(SOON, resize)) as worker:
        eventually(lambda: "jobs: OSError" in worker.pause_reason)
        eventually(lambda: most_failures() > 2 * QUEUE.max_failures, within=60)
        assert set(Photo.objects.values_list("status", flat=True)) == {"waiting"}
        is_back.set()
        eventually(lambda: Photo.objects.filter(status="ready").count() == PHOTOS, within=20)
        eventually(lambda: not worker.pause_reason)
    assert not DeadLetter.objects.exists()


def test_a_pause_leaves_other_jobs_untried(is_back: threading.Event, settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, longest_pause=3600.0)
    send_to(QUEUE, *[f'{{"task": "resize", "id": {make_photo().pk}}}' for _ in range(PHOTOS)])
    with (
        patch.object(brake, "FIRST_PAUSE_SECONDS", 3600.0),
        running(working(SOON, resize)) as worker,
    ):
        eventually(lambda: worker.pause_reason)
    failed = FailedDelivery.objects.values("message_id").distinct().count()
    assert TOO_MANY <= failed < TOO_MANY + 2, "the second of two slots may have begun one"


def test_a_picture_that_is_broken_still_ends_at_once(is_back: threading.Event) -> None:
    is_back.set()
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    send_to(QUEUE, f'{{"task": "resize", "id": {photo.pk}}}')
    with running(working(SOON, resize)):
        eventually(Photo.objects.filter(status="failed").exists)
    assert DeadLetter.objects.get().attempts == 1
