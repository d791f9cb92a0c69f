"""The fields that the lab shows of each kind of message at a hook."""

import json
from typing import Any
from uuid import uuid4

import pytest

from apps.lab.feed.shown_message import ShownMessage, shown_message
from apps.messaging.events.delivery import Delivery
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.rows import Claimed, Sent
from apps.messaging.pubsub.core_message import CoreMessage
from apps.notifications.models import Mail

HEADERS = {"ce-id": "1", "ce-subject": "pot-1"}
ROW: dict[str, Any] = {
    "transport": "jetstream",
    "destination": "teas.brewed",
    "key": "pot-1",
    "headers": json.dumps(HEADERS),
    "body": "{}",
}
ID = uuid4()
MAIL = Mail(order_id=ID, kind="order_confirmed", attempts=2, subject="Confirmed")

KINDS = [
    (
        CoreMessage("teas.brewed", HEADERS, b"{}", "brewers"),
        ShownMessage(
            destination="teas.brewed",
            consumer="brewers",
            message_id="1",
            key="pot-1",
            headers=HEADERS,
            body=b"{}",
        ),
    ),
    (
        Delivery(
            consumer="drinker",
            subject="teas.brewed",
            headers=HEADERS,
            body=b"{}",
            stream="TEAS",
            sequence=7,
            attempt=2,
        ),
        ShownMessage(
            destination="teas.brewed",
            consumer="drinker",
            message_id="1",
            key="pot-1",
            attempt=2,
            headers=HEADERS,
            body=b"{}",
            attributes={"sequence": 7},
        ),
    ),
    (
        ReceivedJob(
            queue="cups", headers=HEADERS, body="{}", attempt=2, sqs_id="s", receipt_handle="r"
        ),
        ShownMessage(
            destination="cups",
            consumer="cups",
            message_id="1",
            key="pot-1",
            attempt=2,
            headers=HEADERS,
            body="{}",
            attributes={"receipt_handle": "r"},
        ),
    ),
    (
        DeadLetter(
            pk=3,
            destination="teas.brewed",
            consumer="drinker",
            message_id="1",
            attempts=6,
            headers=HEADERS,
            body="{}",
        ),
        ShownMessage(
            destination="teas.brewed",
            consumer="drinker",
            message_id="1",
            key="pot-1",
            attempt=6,
            headers=HEADERS,
            body="{}",
            attributes={"letter": 3},
        ),
    ),
    (
        MAIL,
        ShownMessage(
            destination="send_mail", message_id=MAIL.key, key=str(ID), attempt=2, body="Confirmed"
        ),
    ),
]


@pytest.mark.parametrize(
    ("message", "shown"), KINDS, ids=[type(message).__name__ for message, _ in KINDS]
)
def test_each_kind_of_message_has_one_shape(message: object, shown: ShownMessage) -> None:
    assert shown_message(message, {}) == shown


def test_a_mail_without_an_attempt_shows_its_first_one() -> None:
    due = Mail(order_id=ID, kind="order_confirmed", subject="Confirmed")
    assert shown_message(due, {}).attempt == 1


def test_recorded_and_claimed_rows_look_the_same() -> None:
    recorded = shown_message(OutboxMessage(message_id=ID, **ROW), {})
    claimed = shown_message(Claimed(id=1, message_id=ID, **ROW), {})
    assert recorded == claimed
    assert recorded.message_id == str(ID)
    assert recorded.headers == HEADERS


def test_a_sent_row_shows_its_sequence() -> None:
    sent = {1: Sent(42), 2: Sent()}
    rows = [Claimed(id=id, message_id=ID, **ROW) for id in sent]
    assert [shown_message(row, {"sent": sent}).attributes for row in rows] == [
        {"sequence": 42},
        {"sequence": None},
    ]


def test_attributes_of_the_hook_are_added() -> None:
    letter, _ = KINDS[3]
    assert shown_message(letter, {"reason": "cold"}).attributes == {"letter": 3, "reason": "cold"}


def test_an_unknown_kind_of_message_is_an_error() -> None:
    with pytest.raises(TypeError, match="cannot show a int"):
        shown_message(3, {})
