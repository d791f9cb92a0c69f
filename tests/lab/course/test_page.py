"""docs/course.md has the lessons of the lab, and each is complete."""

import re

from apps.lab.course.lessons import LESSONS
from apps.lab.faults import known_faults
from apps.lab.patterns import named
from tests.lab.course.page import PAGE, page


def test_the_page_has_the_lessons_of_the_lab() -> None:
    assert PAGE.read_text() == page(), "write it again: python -m tests.lab.course.page"


def test_a_lesson_takes_ten_minutes_at_most() -> None:
    assert [each.slug for each in LESSONS if not 0 < each.minutes <= 10] == []


def test_each_lesson_has_a_name_of_its_own_and_the_page_of_a_pattern() -> None:
    assert len({each.slug for each in LESSONS}) == len(LESSONS)
    assert [each.slug for each in LESSONS if named(each.pattern) is None] == []


def test_each_step_says_what_it_waits_for_and_how_it_is_done() -> None:
    steps = [step for each in LESSONS if each.slug != "first-event" for step in each.steps]
    assert [step.title for step in steps if not step.waits or not step.heard] == []
    ways = [(step.commands, step.press, step.switch, step.page) for step in steps]
    assert [each for each in ways if not any(each)] == []
    switches = {step.switch for step in steps if step.switch}
    assert {each for each in switches if known_faults.named(each) is None} == set()


def test_within_a_lesson_no_two_lines_have_the_same_name() -> None:
    for lesson in LESSONS:
        names = [command.does for step in lesson.steps for command in step.commands]
        assert sorted(set(names)) == sorted(names)


def test_the_last_lesson_is_ones_own_first_event() -> None:
    assert LESSONS[-1].slug == "first-event"


def test_the_tutorials_own_questions_are_asked() -> None:
    asked = {question.slug for each in LESSONS for question in each.questions}
    assert {"what-receive-does", "one-of-three", "when-jetstream"} <= asked


def test_no_placeholder_is_left_in_the_page() -> None:
    assert re.findall(r"@\w+", PAGE.read_text()) == []
