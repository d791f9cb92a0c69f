"""The brake of a consumer as a unit; tests/failures/test_brake.py uses a real server."""

from contextlib import suppress
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.handling.brake import LONGEST_AFTER_REJECTION, Brake, Braked
from apps.messaging.handling.verdicts import Reject, Retry, Verdict

BREWED, SPILT = "teas.brewed", "teas.spilt"


@pytest.fixture(autouse=True)
def three_are_too_many(settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, pause_after=3, longest_pause=4.0)


def fail(brake: Brake, *sequences: int, subject: str = BREWED, error: str = "OSError") -> None:
    for sequence in sequences:
        brake.failed(subject, sequence, error)


def test_equal_failures_in_a_row_turn_the_brake_on() -> None:
    brake = Brake("drinker")
    fail(brake, 1, 2)
    with pytest.raises(Braked, match=f"{BREWED}: OSError"):
        fail(brake, 3)
    assert (brake.is_on, brake.at_most(25)) == (True, 1)


def test_repeated_failures_of_one_message_count_once() -> None:
    brake = Brake("drinker")
    fail(brake, *[1] * 20, 2)
    assert not brake.is_on


def test_other_errors_and_subjects_are_counted_separately() -> None:
    brake = Brake("drinker")
    fail(brake, 1, 2)
    fail(brake, 3, 4, error="KeyError")
    fail(brake, 5, 6, subject=SPILT)
    assert not brake.is_on


def test_a_handled_message_resets_the_count() -> None:
    brake = Brake("drinker")
    fail(brake, 1, 2)
    brake.handled(BREWED)
    fail(brake, 3, 4)
    assert not brake.is_on


def test_each_failed_trial_lengthens_the_pause_up_to_a_limit() -> None:
    brake, pauses = Brake("drinker"), []
    fail(brake, 1, 2)
    for sequence in range(3, 8):
        with pytest.raises(Braked):
            fail(brake, sequence)
        pauses.append(brake.pause)
    assert pauses == [1, 2, 4, 4, 4]


@pytest.mark.parametrize(("subject", "times"), [(BREWED, 1), (SPILT, 3)])
def test_handled_messages_turn_the_brake_off(subject: str, times: int) -> None:
    brake = Brake("drinker")
    fail(brake, 1, 2)
    with pytest.raises(Braked):
        fail(brake, 3)
    for _ in range(times):
        assert brake.is_on
        brake.handled(subject)
    assert (brake.is_on, brake.at_most(25), brake.pause) == (False, 25, 0)


@pytest.mark.parametrize("verdict", [Retry(1.0, failure="OSError"), Reject(failure="OSError")])
def test_given_up_messages_count_as_failed_ones(verdict: Verdict) -> None:
    brake = Brake("drinker")
    fail(brake, 1, 2)
    with pytest.raises(Braked):
        brake.judged(BREWED, 3, verdict)
    with pytest.raises(Braked):
        brake.judged(BREWED, 4, verdict)
    assert brake.pause == 2


def test_messages_of_strangers_do_not_count() -> None:
    brake = Brake("drinker")
    for sequence in range(20):
        brake.judged(BREWED, sequence, Reject("no envelope"))
    assert not brake.is_on


def test_without_a_limit_the_brake_stays_off(settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, pause_after=0)
    brake = Brake("drinker")
    fail(brake, *range(100))
    assert not brake.is_on


def test_a_rejected_message_is_followed_by_a_short_pause(settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, longest_pause=60.0)
    brake, pauses = Brake("drinker"), []
    for sequence in range(10):
        with suppress(Braked):
            brake.judged(BREWED, sequence, Reject(failure="MessageUnreadable"))
        pauses.append(brake.pause)
    assert pauses == [0, 0, 1, 2, 4, *[LONGEST_AFTER_REJECTION] * 5]
