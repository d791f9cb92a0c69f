"""Questions are answered in the address."""

from apps.lab.patterns import PATTERNS, named
from apps.lab.patterns.questions import AskedQuestion, asked, asked_now

PATTERN = named("sqs-jobs") or PATTERNS[0]


def first(address: dict[str, str]) -> AskedQuestion:
    return asked(PATTERN, address)[0]


def test_an_open_question_hides_its_answer() -> None:
    question = first({})

    assert question.chosen is None
    assert {mark for _, mark in question.choices} == {""}


def test_only_a_right_choice_is_marked() -> None:
    question = first({"answer-what-receive-does": "1"})

    assert question.is_right
    assert [mark for _, mark in question.choices] == ["", "right", "", ""]


def test_a_wrong_choice_is_marked_with_the_right_one() -> None:
    question = first({"answer-what-receive-does": "0"})

    assert not question.is_right
    assert [mark for _, mark in question.choices] == ["wrong", "right", "", ""]


def test_an_unknown_choice_is_no_answer() -> None:
    for value in ("4", "-1", "x", "", "²", "9" * 5000):
        assert first({"answer-what-receive-does": value}).chosen is None


def test_the_rest_of_the_address_is_kept() -> None:
    others = {"trace": "abc", "answer-which-handle": "2"}

    question = first(others | {"answer-what-receive-does": "0", "question": "what-receive-does"})

    assert question.carried == others


def test_a_fragment_shows_the_answered_question() -> None:
    found = asked_now(PATTERN, {"question": "which-handle", "answer-which-handle": "2"})

    assert found
    assert found.is_right
    assert asked_now(PATTERN, {"question": "nonsense"}) is None
