from datetime import timedelta

import pytest
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.events import inbox
from apps.messaging.message_at import MessageAt
from apps.messaging.models import OutboxMessage
from apps.messaging.operations.journey import journey_of
from tests.messaging.support.events import TeaBrewed

pytestmark = pytest.mark.django_db


def test_hops_come_in_order_with_their_numbers() -> None:
    message_id = outbox.record(TeaBrewed(cups=1), key="pot")
    past = timezone.now() - timedelta(minutes=1)
    OutboxMessage.objects.update(
        recorded_at=past, sent_at=past + timedelta(seconds=1), stream_sequence=41
    )
    with inbox.entered(MessageAt("drinker", message_id), key="pot"):
        pass
    hops = journey_of("pot")
    assert [(hop.kind, hop.name, hop.detail) for hop in hops] == [
        ("recorded", "teas.brewed", {}),
        ("sent", "teas.brewed", {"sequence": 41}),
        ("handled", "drinker", {"subject": "teas.brewed"}),
    ]


def test_a_consumer_that_is_faster_than_the_relays_note_still_follows_it() -> None:
    message_id = outbox.record(TeaBrewed(cups=1), key="pot")
    with inbox.entered(MessageAt("drinker", message_id), key="pot"):
        pass
    OutboxMessage.objects.update(sent_at=timezone.now() + timedelta(minutes=1))
    assert [hop.kind for hop in journey_of("pot")] == ["recorded", "sent", "handled"]


def test_hops_of_another_key_are_not_shown() -> None:
    outbox.record(TeaBrewed(cups=1), key="pot")
    assert journey_of("kettle") == []
