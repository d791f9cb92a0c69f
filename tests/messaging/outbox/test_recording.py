import json
from typing import Any

import pytest
from django.db import transaction
from pydantic_core import PydanticSerializationError

from apps.messaging import outbox
from apps.messaging.errors import MessageTooLarge, OutsideTransaction
from apps.messaging.hooks.tracing import following
from apps.messaging.models import OutboxMessage
from apps.messaging.names import PREFIX
from tests.messaging.support.events import TeaBrewed, WashCup

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_raises() -> None:
    with pytest.raises(OutsideTransaction, match="atomic"):
        outbox.record(TeaBrewed(cups=1), key="pot")


@pytest.mark.django_db(transaction=True)
def test_a_rollback_removes_the_recorded_message() -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_an_event_is_stored_with_its_envelope() -> None:
    message_id = outbox.record(TeaBrewed(cups=2), key="pot")
    row = OutboxMessage.objects.get(message_id=message_id)
    headers = json.loads(row.headers)
    assert (row.transport, row.destination, row.key) == ("jetstream", "teas.brewed", "pot")
    assert json.loads(row.body) == {"cups": 2}
    assert headers["ce-id"] == message_id
    assert headers["ce-type"] == f"{PREFIX}.teas.brewed.v1"
    assert headers["ce-subject"] == "pot"


def test_a_job_is_recorded_for_its_queue() -> None:
    message_id = outbox.record(WashCup(cup=5), key="cup-5")
    row = OutboxMessage.objects.get(message_id=message_id)
    assert (row.transport, row.destination) == ("sqs", "cups")


def test_a_recorded_message_continues_the_current_trace() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with following(trace):
        message_id = outbox.record(TeaBrewed(cups=1), key="pot")
    assert (
        json.loads(OutboxMessage.objects.get(message_id=message_id).headers)["traceparent"] == trace
    )


def test_a_too_large_message_is_rejected_before_storing() -> None:
    with pytest.raises(MessageTooLarge):
        outbox.record(TeaBrewed(cups=1), key="x" * 70_000)
    assert not OutboxMessage.objects.exists()


def test_an_unserialisable_message_is_rejected_before_storing() -> None:
    no_number: Any = object()
    with pytest.raises(PydanticSerializationError):
        outbox.record(TeaBrewed.model_construct(cups=no_number), key="pot")
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_recording_a_raw_message_outside_a_transaction_raises() -> None:
    with pytest.raises(OutsideTransaction):
        outbox.record_raw(
            transport="jetstream", destination="teas.brewed", key="k", headers={}, body=""
        )
