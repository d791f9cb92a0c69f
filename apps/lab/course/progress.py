"""The reader's number and ticks, in a cookie of its own: `number=48213&publish=1&durable=2`.

So a lesson needs no account and no table, a poll writes nothing, and the progress outlives the
session of staff who sign out, and the demo's database. Who edits the cookie cheats no one else.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import LESSONS
from apps.lab.course.reader import FIRST_NUMBER, LAST_NUMBER, Reader

SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many steps of each lesson, from its first on, have been heard."""

    reader: Reader
    ticks: Mapping[str, int]

    def of(self, lesson: Lesson) -> int:
        return min(self.ticks.get(lesson.slug, 0), len(lesson.steps))

    def is_done(self, lesson: Lesson) -> bool:
        return self.of(lesson) == len(lesson.steps)

    def with_ticks(self, lesson: Lesson, count: int) -> "Progress":
        return replace(self, ticks={**self.ticks, lesson.slug: count})

    @property
    def lessons_done(self) -> int:
        return sum(map(self.is_done, LESSONS))

    @property
    def next_lesson(self) -> Lesson | None:
        """The first lesson that is not done."""
        return next((each for each in LESSONS if not self.is_done(each)), None)


def begun() -> Progress:
    """Return a new reader without a tick."""
    number = FIRST_NUMBER + secrets.randbelow(LAST_NUMBER - FIRST_NUMBER + 1)
    return Progress(reader=Reader(number), ticks={})


def read(request: HttpRequest) -> Progress:
    """Return the progress of this browser, or a new reader; what is malformed counts as missing."""
    pairs = parse_qsl(request.COOKIES.get(cookie_name(), ""))
    numbers = {name: int(value) for name, value in pairs if value.isdecimal() and len(value) < 6}
    number = numbers.pop("number", 0)
    if not FIRST_NUMBER <= number <= LAST_NUMBER:
        return begun()
    return Progress(reader=Reader(number), ticks=numbers)


def keep(response: HttpResponse, progress: Progress) -> HttpResponse:
    """Store it in the reader's browser for a year."""
    known = {each.slug: progress.of(each) for each in LESSONS if progress.of(each)}
    response.set_cookie(
        cookie_name(),
        urlencode({"number": progress.reader.number, **known}),
        max_age=SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def cookie_name() -> str:
    """Return its name, which differs between two demos on one machine as the session's does."""
    return f"course_{settings.SESSION_COOKIE_NAME}"
