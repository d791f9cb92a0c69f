"""The course: lessons that listen on the shop, and tick each step when it was done there.

Read `lesson` first: the parts of a lesson; then one of them in `lessons`. `hearing` has the
conditions for which a step waits, `reader` tells one reader's messages from all others by a number,
and `progress` keeps the ticks in the reader's browser.
"""

from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import LESSONS


def lesson_of(slug: str) -> Lesson | None:
    return next((each for each in LESSONS if each.slug == slug), None)


def after(lesson: Lesson) -> Lesson | None:
    """Return the next lesson, or None after the last."""
    following = LESSONS[LESSONS.index(lesson) + 1 :]
    return following[0] if following else None
