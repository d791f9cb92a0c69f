"""The fixture `published`: the outbox, read as the classes of its messages."""

from typing import ClassVar

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.message import Event, Job
from apps.messaging.testing import KitError, PublishedMessages
from tests.messaging.support.events import TeaBrewed, WashCup

pytestmark = pytest.mark.django_db


class TeaSpilled(Event):
    subject: ClassVar[str] = "teas.spilled"


def record(*messages: Event | Job, key: str = "pot-1") -> None:
    with transaction.atomic():
        outbox.record_all((message, key) for message in messages)


def test_nothing_is_published_at_first(published: PublishedMessages) -> None:
    assert published() == []
    assert published(TeaBrewed) == []


def test_messages_are_read_as_their_classes_in_the_recorded_order(
    published: PublishedMessages,
) -> None:
    record(TeaBrewed(cups=1), WashCup(cup=7), TeaBrewed(cups=2))
    assert published() == [TeaBrewed(cups=1), WashCup(cup=7), TeaBrewed(cups=2)]


def test_those_of_one_class_are_typed(published: PublishedMessages) -> None:
    record(TeaBrewed(cups=1), WashCup(cup=7), TeaBrewed(cups=2))
    assert [brewed.cups for brewed in published(TeaBrewed)] == [1, 2]
    assert [wash.cup for wash in published(WashCup)] == [7]


def test_those_of_one_key_are_found(published: PublishedMessages) -> None:
    record(TeaBrewed(cups=1), key="pot-1")
    record(TeaBrewed(cups=2), key="pot-2")
    assert published(TeaBrewed, key="pot-2") == [TeaBrewed(cups=2)]
    assert published(key="pot-3") == []


def test_what_was_rolled_back_is_not_published(published: PublishedMessages) -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot-1")
        transaction.set_rollback(True)
    assert published() == []


def test_a_message_without_a_contract_is_named(published: PublishedMessages) -> None:
    record(TeaBrewed(cups=1), TeaSpilled())
    with pytest.raises(KitError, match=r"teas\.spilled\.v1 was recorded, .* MESSAGING_CONTRACTS"):
        published()
    assert published(TeaSpilled) == [TeaSpilled()]


def test_another_version_of_an_event_is_not_of_the_class(
    published: PublishedMessages, settings: Settings
) -> None:
    class TeaBrewedLater(TeaBrewed):
        version: ClassVar[int] = 2

    record(TeaBrewedLater(cups=1))
    assert published(TeaBrewed) == []
    assert published(TeaBrewedLater) == [TeaBrewedLater(cups=1)]
