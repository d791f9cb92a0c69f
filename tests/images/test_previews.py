"""Previews as the queue group makes them."""

import logging
import runpy
from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.images.models import Photo
from apps.images.previews import make_preview
from apps.messaging.errors import MessageUnreadable
from apps.messaging.pubsub import queue_group
from orders_site.checks import startup
from tests.images.drawn import draw, encode, make_photo
from workers import runner

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


def test_a_preview_that_hangs_has_a_limit_of_twice_its_decoding(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(queue_group, "serving", lambda *args, **kwargs: given.update(kwargs))
    monkeypatch.setattr(runner, "run", lambda *args: None)
    monkeypatch.setattr(startup, "require_folder_of_pictures", lambda: None)
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, decoder=40)
    runpy.run_module("workers.preview_resizer", run_name="__main__")
    assert given["longest_seconds"] == 80
