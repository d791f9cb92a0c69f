import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

import pytest

from apps.messaging.errors import MessageTooLarge, MessageUnreadable
from apps.messaging.message import (
    MAX_MESSAGE_BYTES,
    REDRIVE_OF,
    Envelope,
    Event,
    Money,
    check_size,
    deduplication_id,
    readable,
)


class TeaBrewed(Event):
    subject: ClassVar[str] = "teas.brewed"
    price: Money


def test_money_is_a_json_number_and_a_python_decimal() -> None:
    body = TeaBrewed(price=Decimal("9.99")).to_json()
    assert json.loads(body) == {"price": 9.99}
    assert TeaBrewed.read(body).price == Decimal("9.99")


def test_an_unknown_field_of_a_newer_sender_is_ignored() -> None:
    assert TeaBrewed.read('{"price": 1, "milk": true}').price == 1


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"7", b'{"price": "much"}', b"{}"])
def test_a_body_of_another_form_is_unreadable(body: bytes) -> None:
    with pytest.raises(MessageUnreadable, match="not a TeaBrewed"):
        TeaBrewed.read(body)


def test_the_reason_names_the_field() -> None:
    with pytest.raises(MessageUnreadable, match="price"):
        TeaBrewed.read("{}")


def test_an_envelope_survives_the_headers() -> None:
    envelope = Envelope(
        id="1", type=TeaBrewed.ce_type(), time=datetime(2026, 1, 2, tzinfo=UTC), key="k"
    )
    assert Envelope.from_headers(envelope.to_headers()) == envelope


def test_times_of_messages_sort_as_strings() -> None:
    whole_second = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = whole_second.replace(microsecond=27)
    headers = [Envelope(id="1", type="t", time=at).to_headers() for at in (whole_second, later)]
    assert headers[0]["ce-time"] < headers[1]["ce-time"]


@pytest.mark.parametrize("name", ["ce-id", "ce-type", "ce-time"])
def test_a_missing_header_is_named(name: str) -> None:
    envelope = Envelope(id="1", type="t", time=datetime.now(UTC))
    headers = envelope.to_headers()
    del headers[name]
    with pytest.raises(MessageUnreadable, match=name):
        Envelope.from_headers(headers)


def test_missing_headers_are_unreadable() -> None:
    with pytest.raises(MessageUnreadable, match="no envelope"):
        Envelope.from_headers(None)


def test_an_id_too_long_for_the_inbox_is_unreadable() -> None:
    headers = Envelope(id="x" * 300, type="t", time=datetime.now(UTC)).to_headers()
    with pytest.raises(MessageUnreadable, match="ce-id"):
        Envelope.from_headers(headers)


def test_headers_count_towards_the_limit() -> None:
    half = "x" * (MAX_MESSAGE_BYTES // 2)
    check_size(half, {})
    with pytest.raises(MessageTooLarge):
        check_size(half, {"ce-subject": half})


@pytest.mark.parametrize(
    ("headers", "id"),
    [
        (None, ""),
        ({"ce-id": "a"}, "a"),
        ({REDRIVE_OF: "ORDERS:7"}, "ORDERS:7"),
        ({"ce-id": "a\n"}, ""),
        ({"ce-id": "x" * 129}, ""),
    ],
)
def test_a_message_is_identified_by_a_storable_id(headers: dict[str, str] | None, id: str) -> None:
    assert deduplication_id(headers) == id


def test_a_readable_body_is_indented_json_or_unchanged() -> None:
    assert readable('{"tea": "thé"}') == '{\n  "tea": "thé"\n}'
    assert readable("no JSON") == "no JSON"


def test_a_lone_surrogate_stays_an_escape() -> None:
    """No terminal and no page can encode it."""
    assert readable('"\\ud800"') == '"\\ud800"'


def test_a_body_too_deep_for_python_is_shown_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(body: str) -> None:
        raise RecursionError

    monkeypatch.setattr(json, "loads", too_deep)
    assert readable("[[]]") == "[[]]"
