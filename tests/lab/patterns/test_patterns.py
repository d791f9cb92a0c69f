"""The statements of the pattern pages about the code that they show, and about the lab."""

import ast
import shlex
from collections import Counter

import pytest

from apps.lab import experiments
from apps.lab.patterns import PATTERNS
from apps.lab.patterns.pattern import Pattern, QuizQuestion, Sending, WayStep
from apps.lab.patterns.pattern_code import pieces
from apps.lab.patterns.source import code_of, reaches
from apps.lab.patterns.terminal import placed
from apps.messaging.events.streams import declared_consumers
from apps.messaging.hooks.points import POINTS

SENDINGS = [(pattern, sending) for pattern in PATTERNS for sending in pattern.sendings]
STEPS = [(sending, step) for _, sending in SENDINGS for step in sending.way]
QUESTIONS = [(pattern, question) for pattern in PATTERNS for question in pattern.questions]

each_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.slug)
each_step = pytest.mark.parametrize(
    "step", [step for _, step in STEPS], ids=[f"{way.slug}-{step.title}" for way, step in STEPS]
)
each_question = pytest.mark.parametrize(
    ("pattern", "question"), QUESTIONS, ids=[question.slug for _, question in QUESTIONS]
)


def test_there_are_six_patterns() -> None:
    assert [each.slug for each in PATTERNS] == [
        "publish-subscribe",
        "queue-group",
        "request-reply",
        "durable-events",
        "sqs-jobs",
        "celery",
    ]


@each_pattern
def test_a_pattern_is_described_in_three_sentences(pattern: Pattern) -> None:
    assert [each[-1] for each in pattern.what] == [".", ".", "."]
    assert not any(". " in each for each in pattern.what)


@each_step
def test_a_step_is_at_a_hook(step: WayStep) -> None:
    assert step.point in POINTS


@each_step
def test_the_code_of_a_step_reaches_its_hook(step: WayStep) -> None:
    assert all(code_of(thing).text for thing in step.shown)
    assert any(reaches(thing, step.point) for thing in step.shown)


@each_step
def test_a_step_names_only_public_code(step: WayStep) -> None:
    """Otherwise a part that can be deleted would make the rest hard to rename."""
    assert [thing.__name__ for thing in step.code if thing.__name__.startswith("_")] == []


def test_a_durable_that_a_step_names_exists() -> None:
    named = {step.consumer for _, step in STEPS if step.point.startswith("consumer.")}

    assert named <= {each.durable for each in declared_consumers()}
    assert named


@pytest.mark.parametrize("sending", [each for _, each in SENDINGS], ids=lambda each: each.slug)
def test_no_step_is_hidden_by_an_earlier_one(sending: Sending) -> None:
    places = Counter(
        (step.point, step.worker, step.consumer, step.destination) for step in sending.way
    )

    assert max(places.values()) == 1


@each_pattern
def test_each_piece_of_code_has_an_anchor_of_its_own(pattern: Pattern) -> None:
    anchors = Counter(piece.code.anchor for piece in pieces(pattern))

    assert max(anchors.values()) == 1


@each_pattern
def test_there_are_two_to_four_questions(pattern: Pattern) -> None:
    assert 2 <= len(pattern.questions) <= 4


@each_question
def test_an_answer_leads_to_an_experiment_of_its_page(
    pattern: Pattern, question: QuizQuestion
) -> None:
    on_the_page = {each.slug for each in experiments.EXPERIMENTS if each.pattern == pattern.slug}

    assert question.experiment in on_the_page


@each_question
def test_one_of_the_choices_is_right(pattern: Pattern, question: QuizQuestion) -> None:
    assert 0 <= question.answer < len(question.choices)
    assert len(set(question.choices)) == len(question.choices) >= 3


def test_the_slug_of_a_question_or_a_button_is_used_once() -> None:
    assert max(Counter(question.slug for _, question in QUESTIONS).values()) == 1
    for pattern in PATTERNS:
        assert max(Counter(each.slug for each in pattern.sendings).values()) == 1


@each_pattern
def test_program_lines_are_valid_python(pattern: Pattern) -> None:
    for text in (pattern.before_sdk, *(each.sdk for each in pattern.terminal)):
        compile(placed(text), "<sdk>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@each_pattern
def test_commands_are_of_the_named_tools(pattern: Pattern) -> None:
    lines = [each.line.replace("\\\n", "") for each in pattern.terminal]

    words = [shlex.split(line) for text in lines for line in text.splitlines()]
    commands = {next(word for word in each if "=" not in word) for each in words}
    assert commands <= {"nats", "aws", ".venv/bin/python"}
