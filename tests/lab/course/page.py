"""docs/course.md, made from the lessons of the lab: `python -m tests.lab.course.page`."""

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import django

# The variable may be there and empty, as in a new copy of the repository.
os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("DJANGO_SETTINGS_MODULE") or "tests.settings"
django.setup()

from apps.lab.course.lesson import Lesson, Step  # noqa: E402
from apps.lab.course.lessons import LESSONS  # noqa: E402
from apps.lab.course.reader import Reader  # noqa: E402
from apps.lab.faults import known_faults  # noqa: E402
from apps.lab.patterns.pattern import Command, QuizQuestion  # noqa: E402

PAGE = Path(__file__).parents[3] / "docs" / "course.md"
WIDTH = 112
WITH_USERS = (
    "A NATS with users, as that of compose, wants them in `connect` "
    "([from the terminal](from-the-terminal.md#addresses))."
)
AT_HOME = {"@python": '"nats://localhost:4222"', "@connect": 'servers: "localhost:4222"'}
"""Where the programs of the page find NATS; the lab puts in the addresses of its shop."""
READER = Reader(42)
"""Of the page; in the lab each reader has another number."""
INTRODUCTION = (
    (
        "This page has the {count} lessons of the course, to read without the shop. In the "
        "running shop they are at <http://127.0.0.1:8000/lab/course/>. There each lesson listens "
        "on the shop, and ticks each step when it has heard it; your progress is kept in your "
        "browser. A lesson takes ten minutes at most."
    ),
    (
        "Set the addresses once in each terminal "
        "([from the terminal](from-the-terminal.md#addresses)). Your number is 42 here; in the "
        "lab you get one of your own. It stands in what you type, so that the shop tells your "
        "messages from its own and from other readers'."
    ),
    (
        "This page is generated from [`apps/lab/course`](../apps/lab/course) "
        "(`python -m tests.lab.course.page`), and a test compares it."
    ),
)


def page() -> str:
    begins = [_wrapped(each.format(count=len(LESSONS))) for each in INTRODUCTION]
    return "\n".join(["# The course\n", *begins, *_lessons()])


def _lessons() -> Iterator[str]:
    for place, lesson in enumerate(LESSONS, 1):
        yield f"## {place}. {lesson.title}\n"
        yield _wrapped(f"About {lesson.minutes} minutes. **You will do:** {lesson.does}")
        yield _wrapped(f"**You will see:** {lesson.sees}")
        for number, step in enumerate(lesson.steps, 1):
            yield from _step(number, step)
        yield f"### What just happened in lesson {place}\n"
        yield _wrapped(lesson.means)
        yield from _questions(lesson)


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"**Step {number}: {_placed(step.title)}.**\n"
    yield _wrapped(step.says)
    if known := known_faults.named(step.switch):
        yield _wrapped(
            f"The switch is “{known.title}” on <http://127.0.0.1:8000/lab/faults/>, or the fault "
            f"`{known.action}` at `{known.point}` of `manage.py fault on`; `fault off` ends it."
        )
    if step.predict:
        yield "**Predict first:**\n"
        yield from _question(step.predict)
    for command in step.commands:
        yield f"{command.does}:\n\n```sh\n{_placed(command.line)}\n```\n"
        yield from _programs(command)
    if step.press:
        yield _wrapped(f"The button “{step.press.label}” is on the lesson's page in the lab.")
    yield _wrapped(f"The lab listens for {step.waits}.")


def _programs(command: Command) -> Iterator[str]:
    """Yield the same in Python and in JavaScript, where the lesson has it."""
    for language, program in (("python", command.sdk), ("js", command.js)):
        if program:
            yield f"```{language}\n{_placed(program)}\n```\n"
    if command.sdk:
        yield _wrapped(f"{command.note} {WITH_USERS}")


def _questions(lesson: Lesson) -> Iterator[str]:
    if lesson.questions:
        yield "**Check your understanding:**\n"
    for question in lesson.questions:
        yield from _question(question)


def _question(question: QuizQuestion) -> Iterator[str]:
    yield f"*{question.asks}*\n"
    yield "\n".join(f"{number}. *{text}*" for number, text in enumerate(question.choices, 1)) + "\n"
    yield "<details><summary>The answer</summary>\n"
    yield _wrapped(f"**{question.right_choice}.** {question.why}")
    yield "</details>\n"


def _wrapped(text: str) -> str:
    wrapped = textwrap.fill(_placed(text), WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{wrapped}\n"


def _placed(text: str) -> str:
    """Return the text as it is typed with the variables of the page: `Q` is the queue `jobs`."""
    for name, address in AT_HOME.items():
        text = text.replace(name, address)
    return READER.placed(
        text.replace("@own-name", READER.queue).replace("@own", "${Q%/*}/@durable")
    )


def main() -> None:
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
