"""The progress of a photo as pages show it, and when they poll again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.catalog.photo_page import NO_MORE_AFTER, SLOW_AFTER, PhotoWay
from apps.images.queries import PhotoState


def way(
    status: str = "waiting", *, has_preview: bool = False, ago: timedelta = timedelta()
) -> PhotoWay:
    asked_at = timezone.now() - ago
    return PhotoWay(
        state=PhotoState(id=7, status=status, reason="", has_preview=has_preview, asked_at=asked_at)
    )


@pytest.mark.parametrize(
    ("status", "has_preview", "marks"),
    [
        ("waiting", False, ["done", "now", "next"]),
        ("waiting", True, ["done", "done", "now"]),
        ("ready", True, ["done", "done", "done"]),
        ("ready", False, ["done", "skipped", "done"]),
        ("failed", False, ["done", "skipped", "bad"]),
        ("failed", True, ["done", "done", "bad"]),
    ],
)
def test_each_step_shows_whether_it_is_done(
    status: str, has_preview: bool, marks: list[str]
) -> None:
    assert [mark for _, mark in way(status, has_preview=has_preview).steps] == marks


def test_a_product_without_a_photo_waits_for_nothing() -> None:
    nothing = PhotoWay(state=None)
    assert (nothing.look_again, nothing.steps, nothing.seen) == ("", (), "")


@pytest.mark.parametrize(
    ("ago", "again"),
    [
        (timedelta(), "every 1s"),
        (SLOW_AFTER * 2, "every 5s"),
        (NO_MORE_AFTER * 2, ""),
    ],
)
def test_the_page_polls_less_often_as_time_passes(ago: timedelta, again: str) -> None:
    assert way(ago=ago).look_again == again


@pytest.mark.parametrize("status", ["ready", "failed"])
def test_polling_stops_when_the_photo_has_ended(status: str) -> None:
    assert way(status).look_again == ""


def test_every_visible_change_updates_the_page() -> None:
    looks = [
        way(),
        way(has_preview=True),
        way(ago=SLOW_AFTER * 2),
        way("ready", has_preview=True),
        way("failed"),
    ]
    assert len({each.seen for each in looks}) == len(looks)
