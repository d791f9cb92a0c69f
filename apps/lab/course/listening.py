"""Listens on the shop for the steps of one lesson, in their order."""

from dataclasses import dataclass

from apps.lab.course.lesson import Lesson
from apps.lab.course.progress import Progress
from apps.messaging.errors import BrokerAway


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The progress with what was heard now; `trouble` says why the shop could not listen."""

    progress: Progress
    trouble: str = ""


def listen(lesson: Lesson, progress: Progress) -> Heard:
    """Tick the steps that were heard, up to the first that was not."""
    ticks = progress.of(lesson)
    try:
        while ticks < len(lesson.steps) and lesson.steps[ticks].hears(progress.reader):
            ticks += 1
            progress = progress.with_ticks(lesson, ticks)
    except BrokerAway as error:
        return Heard(progress=progress, trouble=str(error))
    return Heard(progress=progress)
