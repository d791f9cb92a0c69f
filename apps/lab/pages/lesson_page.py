"""A lesson as its page shows it: the steps with the reader's own lines, and what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from apps.lab.course.lesson import Lesson, Step
from apps.lab.course.listening import Heard
from apps.lab.course.progress import Progress
from apps.lab.course.reader import Reader
from apps.lab.faults import known_faults
from apps.lab.pages.fault_page import Switch
from apps.lab.patterns import terminal


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """A step for one reader; `number` counts from 1."""

    number: int
    step: Step
    reader: Reader
    commands: Sequence[terminal.Shown]
    switch: Switch | None
    is_heard: bool

    @property
    def says(self) -> str:
        return self.reader.placed(self.step.says)

    @property
    def waits(self) -> str:
        return self.reader.placed(self.step.waits)

    @property
    def address(self) -> str:
        """Return the address of the page where the step is done, or an empty text."""
        return reverse(self.step.page[0]) if self.step.page else ""


def shown(lesson: Lesson, progress: Progress) -> list[ShownStep]:
    return [
        ShownStep(
            number=number,
            step=step,
            reader=progress.reader,
            commands=terminal.shown(progress.reader.commands(step.commands)),
            switch=switch_of(step),
            is_heard=number <= progress.of(lesson),
        )
        for number, step in enumerate(lesson.steps, 1)
    ]


def switch_of(step: Step) -> Switch | None:
    known = known_faults.named(step.switch)
    return Switch(known=known, fault=None) if known else None


def state(lesson: Lesson, now: Heard) -> dict[str, Any]:
    """Return the context of what changes on the page; `state` is different after each change."""
    ticks, steps = now.progress.of(lesson), lesson.steps
    return {
        "lesson": lesson,
        "means": now.progress.reader.placed(lesson.means),
        "ticks": ticks,
        "is_done": ticks == len(steps),
        "heard": steps[ticks - 1].heard if ticks else "",
        "waits": now.progress.reader.placed(steps[ticks].waits) if ticks < len(steps) else "",
        "marks": list(enumerate((number < ticks for number in range(len(steps))), 1)),
        "trouble": now.trouble,
        "state": f"{ticks}{'-away' if now.trouble else ''}",
    }
