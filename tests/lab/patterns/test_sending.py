"""A button uses the shop's services, and shows an expected error in words."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.catalog.queries import product
from apps.lab.feed import hops
from apps.lab.patterns import PATTERNS, named, sending
from apps.lab.patterns.pattern import Given, Sending
from apps.messaging.errors import NoResponder
from apps.messaging.hooks import tracing
from apps.messaging.models import OutboxMessage
from apps.messaging.pubsub import broadcast
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices
from tests.orders.factories import make_order


def button(slug: str, what: str = "") -> Sending:
    return (named(slug) or PATTERNS[0]).sending(what)


def doing(send: Callable[[Given], str]) -> Sending:
    return replace(button("request-reply"), send=send)


def refuse(_: Given) -> str:
    raise NoResponder


def test_sent_messages_belong_to_the_named_trace() -> None:
    outcome = sending.send(doing(lambda _: hops.trace_of(tracing.current_traceparent())), {})

    assert outcome.went_well
    assert outcome.words == outcome.trace != ""


def test_an_error_with_a_name_is_an_outcome() -> None:
    outcome = sending.send(doing(refuse), {})

    assert not outcome.went_well
    assert outcome.words.startswith(
        "NoResponder: No responder is subscribed to this subject at the moment. The client knew"
    )
    assert outcome.trace


def test_an_unexpected_error_is_raised() -> None:
    def stumble(_: Given) -> str:
        raise KeyError("key")

    with pytest.raises(KeyError):
        sending.send(doing(stumble), {})


@pytest.mark.django_db
def test_the_price_changes_by_a_penny_and_back(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(broadcast, "publish", lambda subject, *_: sent.append(subject))
    make_product("ABC", price="9.99")

    prices = []
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            sending.send(button("publish-subscribe"), {})
        prices.append(product("ABC").price)

    assert prices == [Decimal("9.98"), Decimal("9.99")]
    assert sent == ["catalog.price_changed"] * 2


@pytest.mark.django_db
def test_an_order_is_placed_by_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.orders.prices.look_up_prices", FakePrices(ABC="9.99").look_up)

    outcome = sending.send(button("durable-events"), {})

    order = Order.objects.get()
    assert str(order.id) in outcome.words
    recorded = OutboxMessage.objects.get()
    assert (recorded.destination, recorded.key) == ("orders.placed", str(order.id))
    assert outcome.trace in recorded.headers


@pytest.mark.django_db
def test_an_order_is_cancelled_once() -> None:
    order = make_order()
    given = {"key": str(order.id)}

    first = sending.send(button("durable-events", "cancel"), given)
    second = sending.send(button("durable-events", "cancel"), given)

    assert "is cancelled" in first.words
    assert "was cancelled before" in second.words
    assert OutboxMessage.objects.filter(destination="orders.cancelled").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "nonsense", "6f1dfb6e-6f2a-4c46-9d2c-6b4d2f5b1c11"])
def test_an_order_that_does_not_exist_cannot_be_cancelled(key: str) -> None:
    outcome = sending.send(button("durable-events", "cancel"), {"key": key})

    assert not outcome.went_well


@pytest.mark.django_db
def test_a_job_is_recorded_in_the_outbox() -> None:
    sending.send(button("sqs-jobs"), {})

    recorded = OutboxMessage.objects.get()
    assert (recorded.transport, recorded.destination) == ("sqs", "jobs")
    assert recorded.body == '{"task":"resize","id":7}'


def test_a_preview_is_offered_to_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, bytes]] = []
    monkeypatch.setattr(
        "apps.messaging.pubsub.queue_group.publish",
        lambda subject, body, _: sent.append((subject, body)),
    )
    monkeypatch.setattr("django.db.transaction.on_commit", lambda act, **_: act())

    sending.send(button("queue-group"), {})

    assert sent == [("jobs.resize", b'{"task":"resize","id":7}')]
