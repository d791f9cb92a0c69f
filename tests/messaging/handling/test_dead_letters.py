"""The table of dead letters: new letters, and letters that are buried again."""

from datetime import timedelta

import pytest

from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter
from apps.messaging.recovery.redrive import drop, redrive
from tests.messaging.support.dead_letters import bury

pytestmark = pytest.mark.django_db


def test_burying_a_message_twice_changes_nothing() -> None:
    bury(reason="the kettle is cold", attempts=6)
    letter = bury(reason="again", attempts=1)
    assert (letter.reason, letter.attempts) == ("the kettle is cold", 6)


def test_two_consumers_make_separate_dead_letters_of_one_message() -> None:
    bury(consumer="drinker")
    bury(consumer="counter")
    assert DeadLetter.objects.count() == 2


@pytest.mark.parametrize("transport", DeadLetter.Transport.values)
def test_two_messages_with_one_id_are_two_dead_letters(transport: str) -> None:
    for body in ("tea", "no tea", "tea"):
        message = dead_letters.GivenUp(
            transport=transport,
            consumer="drinker",
            message_id="chosen",
            destination="teas",
            body=body,
        )
        dead_letters.bury(message, reason="cold")
    assert DeadLetter.objects.count() == 2


def test_a_redriven_dead_letter_that_fails_again_keeps_its_history() -> None:
    first = bury(attempts=6)
    DeadLetter.objects.update(died_at=first.died_at - timedelta(hours=1))
    redrive(id=first.pk)
    letter = bury(reason="no water", traceback="in boil", attempts=2)
    assert letter.pk == first.pk
    assert (letter.state, letter.reason, letter.traceback) == ("dead", "no water", "in boil")
    assert (letter.attempts, letter.redrives) == (8, 1)
    assert letter.died_at >= first.died_at


def test_the_newest_dead_letter_counts_also_beside_one_that_is_redriven() -> None:
    old = bury(message_id="old")
    DeadLetter.objects.update(died_at=old.died_at - timedelta(hours=1))
    assert dead_letters.newest_ages() == {"jetstream": pytest.approx(3600, abs=60)}
    redrive(id=old.pk)
    bury(message_id="new")
    assert dead_letters.newest_ages() == {"jetstream": pytest.approx(0, abs=60)}


def test_a_dropped_dead_letter_stays_dropped() -> None:
    drop(id=bury().pk)
    assert bury().state == DeadLetter.State.DROPPED


def test_only_dead_letters_in_state_dead_are_counted() -> None:
    bury(message_id="a")
    bury(message_id="b", transport="sqs")
    redrive(id=bury(message_id="c").pk)
    drop(id=bury(message_id="d").pk)
    counts = dead_letters.count_by_transport()
    assert counts == {
        "total": 2,
        "jetstream": 1,
        "queue_group": 0,
        "sqs": 1,
        "celery": 0,
        "outbox": 0,
    }


def test_dead_letters_are_filtered_by_transport_consumer_and_state() -> None:
    bury(message_id="a")
    bury(message_id="b", consumer="counter")
    redrive(id=bury(message_id="c", consumer="counter").pk)
    found = dead_letters.find(transport="jetstream", consumer="counter", state="dead")
    assert [letter.message_id for letter in found] == ["b"]
