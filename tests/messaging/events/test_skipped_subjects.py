"""A durable of all subjects, and events that are declared for others alone."""

from typing import ClassVar

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.events.delivery import deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.verdicts import Ack, Reject
from apps.messaging.message import Event
from apps.messaging.models import DeadLetter, InboxEntry
from tests.messaging.support.events import TEAS, make_consumer, make_delivery

pytestmark = pytest.mark.django_db


class TeaSold(Event):
    subject: ClassVar[str] = "teas.sold"


SELLER = Consumer(durable="seller", stream=TEAS, handlers={TeaSold: print})
ALL = make_consumer(print, all_subjects=True)


@pytest.fixture(autouse=True)
def declared(settings: Settings) -> None:
    settings.MESSAGING_CONSUMERS = [f"{__name__}.SELLER", f"{__name__}.ALL"]


def test_what_another_consumer_handles_is_acknowledged_unseen() -> None:
    assert isinstance(deliver(ALL, make_delivery(subject="teas.sold")), Ack)
    assert not InboxEntry.objects.exists()


def test_what_no_consumer_handles_is_a_dead_letter() -> None:
    assert isinstance(deliver(ALL, make_delivery(subject="teas.spilt")), Reject)
    assert DeadLetter.objects.get().consumer == ALL.durable


def test_a_durable_of_chosen_subjects_gets_no_others_and_skips_none() -> None:
    chosen = make_consumer(print)
    assert not chosen.skips("teas.sold")
    assert not ALL.skips("teas.brewed")
