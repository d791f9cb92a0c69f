"""Previews as the queue group makes them."""

import logging

import pytest

from apps.images.models import Photo
from apps.images.previews import make_preview
from apps.messaging.errors import MessageUnreadable
from tests.images.drawn import draw, encode, make_photo

pytestmark = pytest.mark.django_db


def test_an_offered_photo_gets_its_preview() -> None:
    photo = make_photo()
    make_preview(b'{"task": "resize", "id": %d}' % photo.pk)
    assert Photo.objects.get().preview_key


@pytest.mark.parametrize("body", [b"\xff", b"{}", b'{"task": "resize", "id": 99}'])
def test_an_invalid_preview_message_is_unreadable(body: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        make_preview(body)


def test_a_broken_picture_makes_no_preview(
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = encode(draw(600, 400))
    photo = make_photo(data[: len(data) // 2])
    with caplog.at_level(logging.WARNING):
        make_preview(b'{"task": "resize", "id": %d}' % photo.pk)
    assert "no preview" in caplog.text
    assert Photo.objects.get().status == "waiting"
