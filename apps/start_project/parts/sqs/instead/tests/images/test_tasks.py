"""The work of `image_resizer`: photos that wait get their renditions, one process each."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from apps.images import services, tasks
from apps.images.errors import OriginalMissing
from apps.images.models import Photo
from tests.images.drawn import draw, encode, make_photo

pytestmark = pytest.mark.django_db


def test_waiting_photos_become_ready() -> None:
    for _ in range(2):
        make_photo()
    tasks.resize_waiting()
    assert set(Photo.objects.values_list("status", flat=True)) == {"ready"}


def test_a_photo_that_is_taken_is_not_taken_twice() -> None:
    photo = make_photo()
    # Its rows were written a moment ago.
    long_ago = timezone.now() - timedelta(seconds=1)
    Photo.objects.update(created_at=long_ago, asked_at=long_ago)
    assert tasks.take_next() == photo.pk
    assert tasks.take_next() is None


def test_a_photo_whose_process_died_is_taken_again() -> None:
    photo = make_photo()
    Photo.objects.update(asked_at=timezone.now() - 2 * tasks.AGAIN_AFTER)
    assert tasks.take_next() == photo.pk


def test_a_picture_that_cannot_be_decoded_fails_with_its_reason() -> None:
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    tasks.resize_waiting()
    photo.refresh_from_db()
    assert (photo.status, bool(photo.reason)) == ("failed", True)


def test_a_missing_original_leaves_its_photo_waiting_and_is_tried_again_later() -> None:
    photo = make_photo()
    storages["images"].delete(photo.original_key)
    with pytest.raises(OriginalMissing):
        tasks.resize_waiting()
    assert Photo.objects.get().status == "waiting"


def test_renditions_that_are_asked_for_again_are_made_at_once() -> None:
    photo = make_photo()
    tasks.resize_waiting()
    first = Photo.objects.get().ready_at
    services.redo_renditions(id=photo.pk)
    tasks.resize_waiting()
    photo.refresh_from_db()
    assert first
    assert photo.ready_at
    assert photo.ready_at > first
