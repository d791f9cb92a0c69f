"""Dead letters are grouped by consumer, error and place in our code."""

import traceback
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.messaging.models import DeadLetter
from apps.messaging.recovery.causes import causes, ids_of
from apps.messaging.recovery.redrive import drop
from tests.messaging.support.dead_letters import bury

pytestmark = pytest.mark.django_db


def traceback_of(error: str) -> str:
    try:
        raise RuntimeError(error)
    except RuntimeError as caught:
        return "".join(traceback.format_exception(caught))


def bury_with(error: str, *, id: str, consumer: str = "drinker") -> DeadLetter:
    return bury(message_id=id, consumer=consumer, reason="given up", traceback=traceback_of(error))


def test_letters_that_differ_in_ids_and_numbers_have_one_cause() -> None:
    bury_with("pot 7 of 'Ann' is cold", id="1")
    bury_with("pot 12 of 'Bob' is cold", id="2")
    (cause,) = causes()
    assert len(cause.ids) == 2
    assert cause.error == "RuntimeError: pot 12 of 'Bob' is cold"
    assert cause.place.startswith("tests/messaging/recovery/test_causes.py:")
    assert cause.place.endswith(" in traceback_of")


def test_another_error_and_another_consumer_are_causes_of_their_own() -> None:
    bury_with("the pot is cold", id="1")
    bury_with("the pot is empty", id="2")
    bury_with("the pot is cold", id="3", consumer="washer")
    assert {(cause.consumer, cause.error) for cause in causes()} == {
        ("drinker", "RuntimeError: the pot is cold"),
        ("drinker", "RuntimeError: the pot is empty"),
        ("washer", "RuntimeError: the pot is cold"),
    }


def test_a_letter_without_a_traceback_is_known_by_its_reason() -> None:
    bury(reason="no envelope: header ce-id is missing")
    (cause,) = causes()
    assert (cause.error, cause.place) == ("no envelope: header ce-id is missing", "")


def test_the_cause_with_the_most_letters_is_first() -> None:
    for id in ("1", "2", "3"):
        bury_with("the pot is cold" if id != "1" else "the pot is empty", id=id)
    assert [len(cause.ids) for cause in causes()] == [2, 1]


def test_a_cause_says_when_its_first_and_its_last_letter_died() -> None:
    now = timezone.now()
    for number, id in enumerate(("1", "2", "3")):
        letter = bury_with("the pot is cold", id=id)
        died = now - timedelta(hours=number)
        DeadLetter.objects.filter(pk=letter.pk).update(died_at=died)
    (cause,) = causes()
    assert (cause.first, cause.last) == (now - timedelta(hours=2), now)


def test_only_letters_that_are_dead_count() -> None:
    cold = bury_with("the pot is cold", id="1")
    also = bury_with("the pot is cold", id="2")
    (cause,) = causes()
    drop(id=cold.pk)
    assert ids_of(cause.digest) == [also.pk]
    drop(id=also.pk)
    assert ids_of(cause.digest) == []
    assert causes() == []
