"""A condition is met by the reader's own message at its hook, and by no near miss."""

import time
from typing import Any

import pytest

from apps.lab.course import hearing
from apps.lab.course.hearing import HopWanted
from apps.lab.course.lesson import Hears, Lesson, Step
from apps.lab.course.lessons import (
    LESSONS,
    first_event,
    group,
    job_twice,
    publish,
    redrive,
)
from apps.lab.course.listening import listen
from apps.lab.course.progress import Progress
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import Feed
from apps.messaging.errors import BrokerAway
from tests.lab.made_hops import add_hops, hop

READER, ANOTHER = Reader(48213), Reader(48214)
PLACED: dict[str, Any] = {
    "point": "core.heard",
    "worker": "order_listener",
    "destination": "orders.placed",
    "body": '{"id": 48213, "total": 19.99}',
}


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    for module in (hearing, group, redrive):
        monkeypatch.setattr(module, "FEED", feed)
    return feed


def condition_of(lesson: Lesson, step: int = 0) -> Hears:
    return lesson.steps[step].hears


def test_the_readers_message_is_recognized(feed: Feed) -> None:
    add_hops(feed, hop(**PLACED))

    assert condition_of(publish.LESSON)(READER)
    assert not condition_of(publish.LESSON)(ANOTHER)


@pytest.mark.parametrize(
    "near",
    [
        {"destination": "orders.confirmed"},
        {"worker": "price_responder"},
        {"point": "consumer.fetched"},
        {"body": '{"id": 4821, "total": 19.99}'},
        {"body": '{"total": 48213}'},
        {"body": "48213"},
        {"body": '["id", 48213]'},
        {"body": '{"order_id": "0198", "id": "x48213"}'},
        {"attributes": {"fault": "skip"}},
    ],
)
def test_a_near_miss_is_none(feed: Feed, near: dict[str, Any]) -> None:
    add_hops(feed, hop(**PLACED | near))

    assert not condition_of(publish.LESSON)(READER)


def test_a_message_on_three_words_is_another_than_one_on_two(feed: Feed) -> None:
    add_hops(feed, hop(**PLACED | {"destination": "orders.gift"}))
    assert not condition_of(publish.LESSON, 1)(READER)

    add_hops(feed, hop(**PLACED | {"destination": "orders.gift.wrapped"}))
    assert condition_of(publish.LESSON, 1)(READER)
    assert not condition_of(publish.LESSON, 1)(ANOTHER)


def test_one_message_must_come_to_so_many_instances(feed: Feed) -> None:
    wanted = hearing.typed(HopWanted(point="core.heard"), at_least=2, id="@number")
    add_hops(feed, hop(**PLACED), hop(**PLACED))
    assert not wanted(READER)

    add_hops(feed, hop(**PLACED | {"instance": "2"}))
    assert wanted(READER)


def test_a_job_of_the_first_attempt_has_not_come_twice(feed: Feed) -> None:
    job: dict[str, Any] = {
        "point": "job.received",
        "worker": "image_resizer",
        "destination": "jobs",
        "body": '{"task": "resize", "id": 7, "by": 48213}',
    }
    add_hops(feed, hop(**job))
    assert not condition_of(job_twice.LESSON, 1)(READER)

    add_hops(feed, hop(**job | {"attempt": 2}))
    assert condition_of(job_twice.LESSON, 1)(READER)
    assert not condition_of(job_twice.LESSON, 1)(ANOTHER)


def offers(feed: Feed, *, received: int, handled: int, ago: float = 10.0, **more: Any) -> None:
    """Add four offers of the reader, and what one resizer has made of them."""
    common = {
        "destination": "jobs.resize",
        "trace": READER.trace("group"),
        "at": time.time() - ago,
        **more,
    }
    add_hops(feed, *(hop("core.publishing", **common) for _ in range(4)))
    for number in range(max(received, handled)):
        if number < received:
            add_hops(feed, hop("group.received", worker="preview_resizer", **common))
        if number < handled:
            add_hops(feed, hop("group.handled", worker="preview_resizer", **common))


@pytest.mark.parametrize(
    ("hops", "is_met"),
    [
        ({"received": 3, "handled": 3}, True),
        ({"received": 2, "handled": 3}, True),  # A hop was lost.
        ({"received": 4, "handled": 4}, False),
        ({"received": 3, "handled": 4}, False),
        ({"received": 0, "handled": 0}, False),
        ({"received": 3, "handled": 2}, False),  # It still works.
        ({"received": 3, "handled": 3, "ago": 1.0}, False),
        ({"received": 3, "handled": 3, "trace": ANOTHER.trace("group")}, False),
        ({"received": 3, "handled": 3, "destination": "jobs.other"}, False),
    ],
)
def test_an_offer_that_no_resizer_has_went_to_another_member(
    feed: Feed, hops: dict[str, Any], is_met: bool
) -> None:
    offers(feed, **hops)

    assert group.another_member_took_some(READER) is is_met


def test_a_letter_must_be_acknowledged_after_its_redrive(feed: Feed) -> None:
    common: dict[str, Any] = {"consumer": "sales", "trace": READER.trace("redrive")}
    add_hops(
        feed,
        hop("consumer.acknowledged", message_id="m-2", **common),
        hop("consumer.acknowledged", at=time.time() - 9, **common),
        hop("letter.buried", **common),
        hop("letter.redriven", **common),
    )
    assert condition_of(redrive.LESSON)(READER)
    assert not condition_of(redrive.LESSON, 1)(READER)

    add_hops(feed, hop("consumer.acknowledged", at=time.time() + 1, **common))
    assert condition_of(redrive.LESSON, 1)(READER)
    assert not condition_of(redrive.LESSON, 1)(ANOTHER)


def test_an_event_of_the_shop_is_not_ones_own(feed: Feed) -> None:
    add_hops(feed, hop("consumer.acknowledged", consumer="sales", destination="orders.placed"))
    assert not condition_of(first_event.LESSON, 1)(READER)

    add_hops(
        feed,
        hop("consumer.acknowledged", consumer="delivery", destination="deliveries.booked"),
    )
    assert condition_of(first_event.LESSON, 1)(READER)


def step(hears: Hears) -> Step:
    return Step(title="do", says="it", waits="it", heard="done", hears=hears)


def lesson_of_steps(*conditions: Hears) -> Lesson:
    return Lesson(
        slug="made",
        title="made",
        minutes=1,
        does="it",
        sees="it",
        steps=tuple(map(step, conditions)),
        means="it",
        pattern="sqs-jobs",
    )


def test_steps_are_ticked_in_their_order() -> None:
    made = lesson_of_steps(lambda _: True, lambda _: False, lambda _: True)

    heard = listen(made, Progress(reader=READER, ticks={}))

    assert heard.progress.of(made) == 1


def test_what_is_ticked_stays_so() -> None:
    made = lesson_of_steps(lambda _: False, lambda _: True)

    heard = listen(made, Progress(reader=READER, ticks={"made": 1}))

    assert heard.progress.of(made) == 2


def test_a_broker_that_is_away_ticks_nothing_and_is_named() -> None:
    def away(_: Reader) -> bool:
        raise BrokerAway("no connection to NATS")

    heard = listen(lesson_of_steps(lambda _: True, away), Progress(reader=READER, ticks={}))

    assert heard.trouble == "no connection to NATS"
    assert heard.progress.ticks == {"made": 1}


def test_two_readers_type_different_lines() -> None:
    for lesson in LESSONS[:-1]:
        for each in lesson.steps:
            lines = [line.line for line in READER.commands(each.commands)]
            theirs = [line.line for line in ANOTHER.commands(each.commands)]
            same = set(lines) & set(theirs)
            assert all("@" not in line for line in lines)
            assert "48213" in "".join(lines) or not lines or same == set(lines), each.title
