"""The rows that a redrive records, for each transport."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.utils import timezone
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging import outbox
from apps.messaging.errors import MessageTooLarge, NotADeadLetter
from apps.messaging.message import MAX_MESSAGE_BYTES, REDRIVE_FOR, REDRIVE_OF
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.claims import claim
from apps.messaging.outbox.marks import MAX_TRIES, mark
from apps.messaging.outbox.rows import Rejected
from apps.messaging.recovery.redrive import drop, drop_row, redrive, requeue
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TeaBrewed, make_headers
from tests.support.nats_server import NatsServer

pytestmark = pytest.mark.django_db(transaction=True)


def recorded() -> tuple[str, str, dict[str, str], str]:
    row = OutboxMessage.objects.get()
    return row.transport, row.destination, json.loads(row.headers), row.body


def reject_until_dead(*keys: str) -> None:
    for key in keys:
        with transaction.atomic():
            outbox.record(TeaBrewed(cups=1), key=key)
    for _ in range(MAX_TRIES):
        token, rows = claim("jetstream")
        mark("jetstream", token, rows, {row.id: Rejected("too large") for row in rows})


def redrive_and_close(letter: DeadLetter) -> None:
    redrive(id=letter.pk)
    connection.close()


def test_a_redriven_event_targets_its_consumer_and_keeps_its_id() -> None:
    headers = make_headers(id="event-1")
    redrive(id=bury(headers=headers).pk)
    named = headers | {REDRIVE_FOR: "drinker"}
    assert recorded() == ("jetstream", "teas.brewed", named, '{"cups": 3}')


def test_each_redrive_makes_a_new_row_id_only() -> None:
    letter = bury()
    redrive(id=letter.pk)
    redrive(id=letter.pk, again=True)
    first, second = OutboxMessage.objects.all()
    assert first.message_id != second.message_id
    assert first.headers == second.headers


def test_a_dead_letter_is_redriven_once() -> None:
    letter = bury()
    redrive(id=letter.pk)
    with pytest.raises(NotADeadLetter, match="redriven at"):
        redrive(id=letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.redrives) == ("redriven", 1)
    assert OutboxMessage.objects.count() == 1


def test_a_dropped_dead_letter_can_still_be_redriven() -> None:
    letter = bury()
    drop(id=letter.pk)
    redrive(id=letter.pk)
    assert OutboxMessage.objects.exists()


@pytest.mark.parametrize("act", [redrive, drop])
def test_a_missing_dead_letter_is_named(act: Callable[..., None]) -> None:
    with pytest.raises(NotADeadLetter, match="no dead letter 4711"):
        act(id=4711)


def test_an_unsent_redriven_dead_letter_can_be_dropped() -> None:
    letter = bury()
    redrive(id=letter.pk)
    drop(id=letter.pk)
    letter.refresh_from_db()
    assert letter.state == DeadLetter.State.DROPPED
    assert not OutboxMessage.objects.exists()


def test_a_sent_redriven_dead_letter_cannot_be_dropped() -> None:
    letter = bury()
    redrive(id=letter.pk)
    OutboxMessage.objects.update(sent_at=timezone.now())
    with pytest.raises(NotADeadLetter, match="redriven"):
        drop(id=letter.pk)


def test_a_dead_letter_of_the_largest_size_can_be_redriven() -> None:
    row = record_the_largest()
    letter = bury(consumer="d" * 64, headers=json.loads(row.headers), body=row.body)
    row.delete()
    redrive(id=letter.pk)
    assert recorded()[3] == row.body


def record_the_largest() -> OutboxMessage:
    class TeaDescribed(TeaBrewed):
        leaf: str

    for length in range(MAX_MESSAGE_BYTES, 0, -1):
        with suppress(MessageTooLarge), transaction.atomic():
            outbox.record(TeaDescribed(cups=1, leaf="x" * length), key="pot")
            break
    return OutboxMessage.objects.get()


def test_a_too_large_dead_letter_stays_dead() -> None:
    letter = bury(body="x" * MAX_MESSAGE_BYTES)
    with pytest.raises(MessageTooLarge):
        redrive(id=letter.pk)
    letter.refresh_from_db()
    assert letter.state == DeadLetter.State.DEAD
    assert not OutboxMessage.objects.exists()


def test_a_redriven_message_without_an_id_carries_its_dead_letters_id() -> None:
    redrive(id=bury(message_id="TEAS:7", headers={"x": "y"}, body="no json").pk)
    assert recorded()[2] == {"x": "y", REDRIVE_FOR: "drinker", REDRIVE_OF: "TEAS:7"}


def test_an_invalid_header_name_is_escaped() -> None:
    headers = {"bad(key)": "x", "naïve": "y", "": "z", "a b": "1", "fine%20": "2"}
    redrive(id=bury(headers=headers, message_id="TEAS:7").pk)
    names = set(recorded()[2]) - {REDRIVE_FOR, REDRIVE_OF}
    assert names == {"bad%28key%29", "na%C3%AFve", "a%20b", "fine%20"}


def test_dropping_a_redrive_row_makes_its_dead_letter_dead_again() -> None:
    letter = bury()
    redrive(id=letter.pk)
    drop_row(id=OutboxMessage.objects.get().pk)
    letter.refresh_from_db()
    assert letter.state == DeadLetter.State.DEAD
    assert not OutboxMessage.objects.exists()


def test_dropping_a_dead_row_drops_its_dead_letter() -> None:
    reject_until_dead("pot")
    drop_row(id=OutboxMessage.objects.get().pk)
    assert DeadLetter.objects.get().state == DeadLetter.State.DROPPED


def test_a_sent_row_cannot_be_dropped() -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.update(sent_at=timezone.now())
    row = OutboxMessage.objects.get()
    with pytest.raises(NotADeadLetter, match=f"no unsent row {row.pk}"):
        drop_row(id=row.pk)


def test_a_redrive_drops_server_headers_of_a_foreign_message() -> None:
    headers = {"Nats-Rollup": "all", "nats-expected-stream": "X", REDRIVE_FOR: "counter"}
    redrive(id=bury(headers=headers, message_id="TEAS:7").pk)
    assert set(recorded()[2]) == {REDRIVE_FOR, REDRIVE_OF}


def test_a_job_goes_to_its_queue_with_the_same_attributes() -> None:
    attributes = {"ce-id": "job-1", "ce-subject": "cup"}
    letter = bury(
        transport="sqs", consumer="cups", destination="cups", headers=attributes, message_id="job-1"
    )
    redrive(id=letter.pk)
    assert recorded() == ("sqs", "cups", attributes, letter.body)


def test_a_task_goes_to_its_queue_as_celery_sent_it() -> None:
    letter = bury(
        transport="celery", consumer="celery", destination="celery", headers={"task": "brew"}
    )
    redrive(id=letter.pk)
    transport, queue, attributes, body = recorded()
    assert (transport, queue, body) == ("sqs", "celery", letter.body)
    assert "task" not in attributes


def test_redriven_queue_group_work_is_offered_again(nats_server: NatsServer) -> None:
    letter = bury(
        transport="queue_group",
        consumer="washer",
        destination="kitchen.wash",
        message_id="u-1",
        headers={},
    )

    async def hear_the_redrive(nc: Client) -> Msg:
        subscription = await nc.subscribe("kitchen.wash")
        await nc.flush()
        await asyncio.to_thread(redrive_and_close, letter)
        return await subscription.next_msg(timeout=60)

    message = on_nats(nats_server, hear_the_redrive)
    assert (message.data, message.headers) == (b'{"cups": 3}', {REDRIVE_OF: "u-1"})


def test_a_redriven_dead_outbox_row_is_sent() -> None:
    reject_until_dead("pot")
    letter = DeadLetter.objects.get()
    redrive(id=letter.pk)
    row = OutboxMessage.objects.get()
    assert (row.dead_at, row.tries, row.error) == (None, 0, "")
    assert [each.key for each in claim("jetstream")[1]] == ["pot"]


def test_a_row_that_fails_again_is_the_same_dead_letter() -> None:
    reject_until_dead("pot")
    requeue(OutboxMessage.objects.get())
    reject_until_dead()
    letter = DeadLetter.objects.get()
    assert (letter.state, letter.attempts, letter.redrives) == ("dead", 2 * MAX_TRIES, 1)


def test_a_row_that_is_not_dead_cannot_be_requeued() -> None:
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=1), key="pot")
    with pytest.raises(NotADeadLetter):
        requeue(OutboxMessage.objects.get())


def test_dropping_a_dead_row_unblocks_its_keys_younger_rows() -> None:
    reject_until_dead("pot")
    with transaction.atomic():
        outbox.record(TeaBrewed(cups=2), key="pot")
    assert claim("jetstream") == ("", [])
    drop(id=DeadLetter.objects.get().pk)
    assert [json.loads(row.body) for row in claim("jetstream")[1]] == [{"cups": 2}]
