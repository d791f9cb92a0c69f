"""What course and patterns say to type can be typed in the page, also within a sentence."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from apps.lab.course.lessons import LESSONS
from apps.lab.course.reader import Reader
from apps.lab.patterns import PATTERNS, terminal
from apps.lab.terminal.interpreter import understands
from apps.lab.terminal.words import logical_lines

READER = Reader(48213)
WITHIN_A_TEXT = re.compile(r"`((?:nats|aws) [^`]+)`")


def texts_of(part: object) -> Iterator[str]:
    """Yield each text of a lesson or a pattern, however deep in it."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from texts_of(each)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts_of(getattr(part, field.name))


def test_a_line_within_a_sentence_is_understood() -> None:
    lines = [
        READER.placed(line)
        for part in (*LESSONS, *PATTERNS)
        for text in texts_of(part)
        for line in WITHIN_A_TEXT.findall(text)
    ]
    assert any("delete-queue" in line for line in lines)
    assert [line for line in lines if not understands(line)] == []


def test_a_line_of_a_lesson_is_understood() -> None:
    commands = tuple(each for lesson in LESSONS for step in lesson.steps for each in step.commands)
    lines = [
        line
        for command in READER.commands(commands)
        for line in logical_lines(terminal.placed(command.line))
    ]
    assert len(lines) >= len(commands) > 0
    assert [line for line in lines if not understands(line)] == []
