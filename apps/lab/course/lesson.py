"""The shape of all lessons. In the texts, words between backticks are shown as code."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.lab.course.reader import Reader
from apps.lab.patterns.pattern import Command, QuizQuestion, Sending

type Hears = Callable[[Reader], bool]
"""Returns whether the shop has heard of the step from this reader. Raises `BrokerAway`."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the reader does, and sees; the step is ticked when `hears` is true.

    `waits` says for what, `heard` what it means that it came. The reader types the commands,
    presses the button of `press`, or uses the switch of the page of faults with the slug `switch`.
    `page` is a name of the lab's addresses, and in words what is there. `predict` is answered
    before anything is typed.
    """

    title: str
    says: str
    waits: str
    heard: str
    hears: Hears
    commands: tuple[Command, ...] = ()
    press: Sending | None = None
    switch: str = ""
    page: tuple[str, str] | None = None
    predict: QuizQuestion | None = None


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson of at most ten `minutes`; `pattern` is the slug of the page that has more of it."""

    slug: str
    title: str
    minutes: int
    does: str
    sees: str
    steps: tuple[Step, ...]
    means: str
    pattern: str
    questions: tuple[QuizQuestion, ...] = ()

    def step_pressed(self, slug: str) -> Step | None:
        """Return the step whose button has this slug."""
        return next((each for each in self.steps if each.press and each.press.slug == slug), None)
