"""Jobs from the queue: which are done, which are dead, and the status of the photo."""

import pytest

from apps.images import services
from apps.images.contract import ResizeJob
from apps.images.jobs import give_up, resize
from apps.images.models import Photo
from apps.messaging.errors import MessageUnreadable
from apps.messaging.testing import DeadLettered, WorkOn
from tests.images.drawn import draw, encode, make_photo
from tests.messaging.support.jobs import make_received

pytestmark = pytest.mark.django_db


def test_the_tutorials_job_resizes_photo_7() -> None:
    make_photo(id=7)
    resize(make_received(body='{"task": "resize", "id": 7}', headers={}))
    assert Photo.objects.get(id=7).status == "ready"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("resize 7 please", "Invalid JSON"),
        ("[7]", "not a ResizeJob"),
        ('{"id": 7, "task": "delete"}', "task"),
        ('{"task": "resize"}', "id: Field required"),
        ('{"task": "resize", "id": "seven"}', "id"),
        ('{"task": "resize", "id": true}', "id"),
        ('{"task": "resize", "id": 7.5}', "id"),
        ('{"task": "resize", "id": -7}', "id"),
        ('{"task": "resize", "id": 99999999999999999999}', "id"),
        ('{"task": "resize", "id": 99}', "there is no photo 99"),
    ],
)
def test_an_unreadable_job_is_dead_at_once_with_a_reason(body: str, reason: str) -> None:
    with pytest.raises(MessageUnreadable, match=reason):
        resize(make_received(body=body))


def test_a_broken_picture_is_dead_at_once() -> None:
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    with pytest.raises(MessageUnreadable, match="cannot be decoded"):
        resize(make_received(body=f'{{"task": "resize", "id": {photo.pk}}}'))


def test_a_resize_that_is_not_deleted_in_time_is_repeated_without_harm(work: WorkOn) -> None:
    photo = make_photo()
    work(ResizeJob(id=photo.pk), resize, crash_before="delete")
    photo.refresh_from_db()
    assert photo.status == "ready"


def test_a_resize_of_no_photo_is_a_dead_letter(work: WorkOn) -> None:
    with pytest.raises(DeadLettered, match="there is no photo 99"):
        work(ResizeJob(id=99), resize)


def test_a_dead_job_marks_its_photo_as_failed() -> None:
    photo = make_photo()
    give_up(f'{{"task": "resize", "id": {photo.pk}}}', "given up after 5 tries")
    photo.refresh_from_db()
    assert (photo.status, photo.reason) == ("failed", "given up after 5 tries")


@pytest.mark.parametrize("body", ["no json", '{"task": "resize", "id": 99}'])
def test_a_dead_job_without_a_photo_changes_nothing(body: str) -> None:
    photo = make_photo()
    give_up(body, "unreadable")
    photo.refresh_from_db()
    assert photo.status == "waiting"


def test_a_dead_repetition_of_a_finished_job_changes_nothing() -> None:
    photo = make_photo()
    services.make_renditions(id=photo.pk)
    give_up(f'{{"task": "resize", "id": {photo.pk}}}', "given up after 5 tries")
    photo.refresh_from_db()
    assert photo.status == "ready"
