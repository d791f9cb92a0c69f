"""A photo's way as pages show it, and when they look again."""

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
def test_each_step_says_whether_it_is_done(
    status: str, has_preview: bool, marks: list[str]
) -> None:
    assert [mark for _, mark in way(status, has_preview=has_preview).steps] == marks


def test_where_there_never_was_a_photo_there_is_nothing_to_wait_for() -> None:
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
def test_the_longer_it_takes_the_less_often_a_page_looks(ago: timedelta, again: str) -> None:
    assert way(ago=ago).look_again == again


@pytest.mark.parametrize("status", ["ready", "failed"])
def test_once_it_has_ended_nobody_looks_again(status: str) -> None:
    assert way(status).look_again == ""


def test_whatever_changes_what_is_shown_is_news() -> None:
    looks = [
        way(),
        way(has_preview=True),
        way(ago=SLOW_AFTER * 2),
        way("ready", has_preview=True),
        way("failed"),
    ]
    assert len({each.seen for each in looks}) == len(looks)
