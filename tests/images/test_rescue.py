"""Another job for a photo that waits: not too many, whatever became of the earlier ones."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from apps.images import rescue
from apps.images.models import Photo
from apps.images.rescue import rescue_photos
from apps.images.services import redo_renditions
from apps.messaging.models import OutboxMessage
from tests.images.drawn import make_photo

pytestmark = pytest.mark.django_db

AFTER = timedelta(minutes=2)


def make_waiting_photo(**fields: object) -> Photo:
    photo = make_photo()
    relay_jobs()
    pass_time(180)
    Photo.objects.update(**fields)
    return photo


def relay_jobs() -> None:
    OutboxMessage.objects.filter(sent_at=None).update(sent_at=timezone.now())


def pass_time(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    Photo.objects.update(
        asked_at=F("asked_at") - length, not_asked_before=F("not_asked_before") - length
    )
    OutboxMessage.objects.update(sent_at=F("sent_at") - length)


def test_the_job_of_a_long_waiting_photo_is_sent_again_once() -> None:
    photo = make_waiting_photo()
    assert rescue_photos(waiting_for=AFTER) == 1
    assert rescue_photos(waiting_for=AFTER) == 0
    assert OutboxMessage.objects.filter(key=f"photo:{photo.pk}").count() == 2


@pytest.mark.parametrize("status", ["ready", "failed"])
def test_a_photo_that_does_not_wait_is_unchanged(status: str) -> None:
    make_waiting_photo(status=status)
    assert rescue_photos(waiting_for=AFTER) == 0


def test_a_photo_that_waits_for_an_hour_gets_few_jobs() -> None:
    make_waiting_photo()
    asked = 0
    for _ in range(60):
        asked += rescue_photos(waiting_for=AFTER)
        relay_jobs()
        pass_time(60)
    assert 3 <= asked <= 6


def test_the_time_counts_from_the_moment_when_the_job_was_sent() -> None:
    """Else each photo got a second job when the queue is longest: after an outage of it."""
    make_waiting_photo()
    OutboxMessage.objects.update(sent_at=None)
    for _ in range(300):
        assert rescue_photos(waiting_for=AFTER) == 0
        pass_time(60)
    relay_jobs()
    assert rescue_photos(waiting_for=AFTER) == 0
    pass_time(180)
    assert rescue_photos(waiting_for=AFTER) == 1
    relay_jobs()
    pass_time(600)
    assert rescue_photos(waiting_for=AFTER) == 1


def test_photos_whose_job_is_dead_are_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "AT_MOST", 1)
    make_waiting_photo()
    OutboxMessage.objects.update(sent_at=None, dead_at=timezone.now())
    make_photo()
    OutboxMessage.objects.filter(dead_at=None).update(sent_at=timezone.now())
    pass_time(180)
    assert [rescue_photos(waiting_for=AFTER) for _ in range(2)] == [0, 1]


def test_a_photo_that_is_asked_for_by_hand_begins_with_a_short_pause() -> None:
    photo = make_waiting_photo(not_asked_before=timezone.now() + timedelta(hours=5))
    redo_renditions(id=photo.pk)
    relay_jobs()
    pass_time(130)
    assert rescue_photos(waiting_for=AFTER) == 1
