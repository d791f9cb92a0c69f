"""The fixture `deliver`: the real way of an event through inbox and verdict, and its failures."""

import logging

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.streams import Consumer
from apps.messaging.handling import attempts
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from apps.messaging.testing import (
    DeadLettered,
    Deliver,
    KitError,
    NotHandled,
    PublishedMessages,
    WillRetry,
)
from tests.messaging.support.events import TeaBrewed, WashCup, make_consumer

pytestmark = pytest.mark.django_db


def brew_again(brewed: TeaBrewed) -> None:
    """Its effect is a row, so that a rollback is seen."""
    outbox.record(WashCup(cup=brewed.cups), key="pot-1")


WASHER: Consumer = make_consumer(brew_again)


def test_an_event_reaches_the_declared_consumer(deliver: Deliver, declared: list[int]) -> None:
    deliver(TeaBrewed(cups=2))
    assert declared == [2]
    assert InboxEntry.objects.get().consumer == "drinker"


def test_an_event_that_is_delivered_twice_is_handled_once(
    deliver: Deliver, declared: list[int]
) -> None:
    deliver(TeaBrewed(cups=2), times=2)
    assert declared == [2]


def test_two_equal_events_are_two(deliver: Deliver, declared: list[int]) -> None:
    deliver(TeaBrewed(cups=2))
    deliver(TeaBrewed(cups=2))
    assert declared == [2, 2]


def test_a_crash_before_the_ack_brings_the_event_again_without_a_second_effect(
    deliver: Deliver, published: PublishedMessages
) -> None:
    deliver(TeaBrewed(cups=2), to=WASHER, crash_before="ack")
    assert published() == [WashCup(cup=2)]


def test_a_crash_before_the_commit_undoes_the_effect_and_the_next_delivery_makes_it(
    deliver: Deliver,
) -> None:
    handled: list[int] = []

    def drink(brewed: TeaBrewed) -> None:
        handled.append(InboxEntry.objects.count())

    deliver(TeaBrewed(cups=2), to=make_consumer(drink), crash_before="commit")
    assert handled == [1, 1]  # The entry of the first delivery was rolled back.
    assert InboxEntry.objects.count() == 1


def test_a_crash_goes_through_a_handler_that_catches_errors(deliver: Deliver) -> None:
    called: list[int] = []
    consumer = make_consumer(lambda brewed: called.append(brewed.cups))
    deliver(TeaBrewed(cups=2), to=consumer, crash_before="commit", times=2)
    assert called == [2, 2]


@pytest.mark.parametrize("crash_before", [None, "ack"])
def test_commit_hooks_are_called_once_for_each_effect(deliver: Deliver, crash_before: None) -> None:
    mailed: list[int] = []

    def drink(brewed: TeaBrewed) -> None:
        transaction.on_commit(lambda: mailed.append(brewed.cups))

    deliver(TeaBrewed(cups=2), to=make_consumer(drink), crash_before=crash_before)
    assert mailed == [2]


def test_a_crash_before_the_commit_calls_no_commit_hook(deliver: Deliver) -> None:
    mailed: list[int] = []
    crashes = iter(["of the first delivery"])

    def drink(brewed: TeaBrewed) -> None:
        if next(crashes, None):
            transaction.on_commit(lambda: mailed.append(brewed.cups))

    deliver(TeaBrewed(cups=2), to=make_consumer(drink), crash_before="commit")
    assert mailed == []


def test_a_failing_handler_fails_the_test_with_its_reason_and_traceback(deliver: Deliver) -> None:
    def spill(_: TeaBrewed) -> None:
        raise RuntimeError("the kettle is cold")

    with pytest.raises(WillRetry, match="the kettle is cold") as caught:
        deliver(TeaBrewed(cups=2), to=make_consumer(spill))
    assert str(caught.value).startswith("teas.brewed at drinker would be tried again in ")
    assert "in spill\n" in str(caught.value)
    assert FailedDelivery.objects.exclude(error=attempts.CRASHED).count() == 1


def test_an_event_that_can_never_be_handled_is_a_dead_letter(deliver: Deliver) -> None:
    def spill(_: TeaBrewed) -> None:
        raise MessageUnreadable("there is no such pot")

    with pytest.raises(DeadLettered, match="is a dead letter now: there is no such pot"):
        deliver(TeaBrewed(cups=2), to=make_consumer(spill))
    assert DeadLetter.objects.get().reason == "there is no such pot"


def test_several_events_are_a_batch_where_the_consumer_takes_batches(deliver: Deliver) -> None:
    batches: list[list[int]] = []
    consumer = make_consumer(
        lambda event: batches.append([event.cups]),
        batch_handlers={TeaBrewed: lambda events: batches.append([each.cups for each in events])},
    )
    deliver(TeaBrewed(cups=1), TeaBrewed(cups=2), to=consumer, times=2)
    deliver(TeaBrewed(cups=3), to=consumer)
    assert batches == [[1, 2], [3]]


def test_a_batch_handler_that_fails_where_the_handler_does_not_fails_the_test(
    deliver: Deliver, declared: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: list[TeaBrewed]) -> None:
        raise KeyError("cups")

    consumer = make_consumer(
        lambda event: declared.append(event.cups), batch_handlers={TeaBrewed: fail}
    )
    caplog.set_level(logging.INFO, logger="apps.messaging.events")
    with pytest.raises(NotHandled, match="each of these 2 events alone, and not the batch"):
        deliver(TeaBrewed(cups=1), TeaBrewed(cups=2), to=consumer)
    assert "one by one instead" in caplog.text
    assert declared == [1, 2]


def test_a_delivery_of_nothing_is_an_error(deliver: Deliver, published: PublishedMessages) -> None:
    with pytest.raises(KitError, match=r"the code under test, .* has recorded none"):
        deliver(*published(TeaBrewed))


def test_an_event_that_no_consumer_handles_is_named(deliver: Deliver, settings: Settings) -> None:
    settings.MESSAGING_CONSUMERS = []
    with pytest.raises(KitError, match=r"no consumer of MESSAGING_CONSUMERS handles TeaBrewed"):
        deliver(TeaBrewed(cups=2))


def test_a_consumer_without_a_handler_for_the_event_is_named(deliver: Deliver) -> None:
    nothing = Consumer(durable="idle", stream=WASHER.stream, handlers={})
    with pytest.raises(KitError, match="the consumer idle does not handle TeaBrewed"):
        deliver(TeaBrewed(cups=2), to=nothing)


@pytest.mark.django_db(transaction=True)
def test_it_works_in_a_test_that_commits(deliver: Deliver, declared: list[int]) -> None:
    deliver(TeaBrewed(cups=2), crash_before="commit", times=2)
    assert declared == [2, 2]
    assert InboxEntry.objects.count() == 1
