"""The end of an order makes a mail due, and enqueues a task that sends it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events import inbox
from apps.messaging.events.delivery import deliver
from apps.messaging.handling.verdicts import Reject
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter
from apps.notifications import handlers, services, tasks
from apps.notifications.models import Mail
from apps.orders.errors import EventContradictsOrder
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderRejected
from apps.orders.models import Order
from apps.orders.services import CANCELLED_BY_CUSTOMER, cancel_order
from tests.orders.factories import (
    cancel,
    confirm,
    event_of,
    foreign_delivery,
    make_order,
    priced,
    reject,
)
from tests.support.locks import waits_for_a_lock
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The mails that Celery was asked to send; `test_celery.py` asks the real one."""
    ids: list[int] = []
    monkeypatch.setattr(tasks, "enqueue", ids.extend)
    return ids


def confirmed() -> OrderConfirmed:
    return event_of(OrderConfirmed, confirm(make_order()))


@contextmanager
def power_cut_before_the_commit() -> Iterator[None]:
    with inbox.entered(MessageAt("notification", "1")):
        yield
        raise RuntimeError("power cut")


def test_a_confirmed_order_makes_a_mail_due(
    enqueued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    event = confirmed()
    with django_capture_on_commit_callbacks(execute=True):
        handlers.mail_customer(event)
    mail = Mail.objects.get()
    assert (mail.order_id, mail.kind, mail.state) == (event.id, "confirmed", "due")
    assert mail.to == "alice@example.com"
    assert str(event.id) in mail.body
    assert "2 x Product ABC (ABC) at 9.99 GBP" in mail.body
    assert enqueued == [mail.id]


def test_a_mail_writes_each_amount_with_two_decimals() -> None:
    order = confirm(make_order(priced(price="8.50", quantity=2)))
    event = OrderConfirmed.read(event_of(OrderConfirmed, order).to_json())
    (mail,) = services.write_order_mails([event])
    assert "at 8.50 GBP" in mail.body
    assert "Total: 17.00 GBP" in mail.body


def test_who_has_cancelled_an_order_is_addressed() -> None:
    (mine,) = services.write_order_mails([event_of_cancelled(make_order())])
    (shops,) = services.write_order_mails(
        [event_of_cancelled(make_order(), "cancelled by the shop")]
    )
    assert mine.body.startswith("You have cancelled this order. You pay nothing.")
    assert shops.body.startswith("This order is cancelled by the shop. You pay nothing.")


def event_of_cancelled(order: Order, reason: str = CANCELLED_BY_CUSTOMER) -> OrderCancelled:
    cancelled = cancel_order(order_id=order.pk, reason=reason)
    return event_of(OrderCancelled, cancelled, reason=cancelled.reason)


def test_the_mail_of_a_rejected_order_has_the_reason(enqueued: list[int]) -> None:
    order = reject(make_order(), "not enough of <ABC> in stock")
    handlers.mail_customer(event_of(OrderRejected, order, reason=order.reason))
    assert "not enough of <ABC> in stock" in Mail.objects.get().body


def test_a_confirmed_then_cancelled_order_has_two_mails(enqueued: list[int]) -> None:
    order = confirm(make_order())
    handlers.mail_customer(event_of(OrderConfirmed, order))
    cancelled = cancel_order(order_id=order.id)
    handlers.mail_customer(event_of(OrderCancelled, cancelled, reason=cancelled.reason))
    assert {mail.kind for mail in Mail.objects.all()} == {"confirmed", "cancelled"}


def test_the_mail_task_is_enqueued_after_the_commit(
    enqueued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=False):
        handlers.mail_customer(confirmed())
    assert enqueued == []


def test_an_absent_queue_fails_no_handler(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def away(traces: dict[int, str]) -> None:
        raise ConnectionError("SQS is away")

    monkeypatch.setattr(tasks, "enqueue", away)
    with django_capture_on_commit_callbacks(execute=True):
        handlers.mail_customer(confirmed())
    assert Mail.objects.get().state == Mail.State.DUE


def test_a_failed_transaction_makes_no_mail_due(enqueued: list[int]) -> None:
    event = confirmed()
    with pytest.raises(RuntimeError), power_cut_before_the_commit():
        handlers.mail_customer(event)
    assert not Mail.objects.exists()


def test_a_repeated_event_makes_no_second_mail(enqueued: list[int]) -> None:
    event = confirmed()
    handlers.mail_customer(event)
    handlers.mail_customer(event)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("end", [reject, lambda order: order])
def test_a_foreign_confirmed_event_makes_no_mail(
    enqueued: list[int], end: Callable[[Order], Order]
) -> None:
    order = end(make_order())
    verdict = deliver(
        handlers.CONSUMER, foreign_delivery(event_of(OrderConfirmed, order), handlers.CONSUMER)
    )
    assert isinstance(verdict, Reject)
    reason = DeadLetter.objects.get(consumer="notification").reason
    assert reason == f"orders.confirmed contradicts the order: {order.id} is {order.status}"
    assert not Mail.objects.exists()


def test_a_confirmation_after_the_cancellation_is_still_mailed(
    enqueued: list[int],
) -> None:
    order = cancel(confirm(make_order()))
    handlers.mail_customer(event_of(OrderConfirmed, order))
    assert Mail.objects.get().kind == "confirmed"


@pytest.mark.parametrize(
    ("event", "more"),
    [(OrderConfirmed, {}), (OrderRejected, {"reason": "r"}), (OrderCancelled, {"reason": "r"})],
)
def test_an_event_of_an_unknown_order_is_unreadable(
    event: type[OrderEvent], more: dict[str, str]
) -> None:
    unknown = event_of(event, Order(id=uuid4(), total=0, currency="GBP"), **more)
    with pytest.raises(MessageUnreadable, match=str(unknown.id)):
        handlers.mail_customer(unknown)


def test_a_batch_of_ends_makes_a_mail_of_each_kind(enqueued: list[int]) -> None:
    rejected = reject(make_order(), "sold out")
    cancelled = cancel(confirm(make_order()))
    handlers.mail_customers(
        [
            confirmed(),
            event_of(OrderRejected, rejected, reason=rejected.reason),
            event_of(OrderConfirmed, cancelled),
            event_of(OrderCancelled, cancelled, reason=cancelled.reason),
        ]
    )
    kinds = Mail.objects.order_by("kind").values_list("kind", flat=True)
    assert [*kinds] == ["cancelled", "confirmed", "confirmed", "rejected"]
    assert "sold out" in Mail.objects.get(order_id=rejected.id).body


def test_a_batch_needs_as_many_statements_as_one_event(enqueued: list[int]) -> None:
    counts = []
    for size in (1, 20):
        events = [confirmed() for _ in range(size)]
        with CaptureQueriesContext(connection) as captured:
            handlers.mail_customers(events)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_batch_with_a_false_event_makes_no_mail(enqueued: list[int]) -> None:
    with pytest.raises(EventContradictsOrder):
        handlers.mail_customers([confirmed(), event_of(OrderConfirmed, make_order())])
    assert not Mail.objects.exists()


def test_a_mail_that_is_known_is_in_its_batch_once(
    enqueued: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known, new = confirmed(), confirmed()
    handlers.mail_customer(known)
    with django_capture_on_commit_callbacks(execute=True):
        handlers.mail_customers([new, known, new])
    assert Mail.objects.count() == 2
    assert sorted(enqueued) == sorted(mail.id for mail in Mail.objects.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_a_mail_that_another_process_stores_meanwhile_is_known(enqueued: list[int]) -> None:
    """Two events of one order may be with two processes; neither is at fault."""
    event = confirmed()
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        handlers.mail_customer(event)
        waiting = other.submit(mail_and_disconnect, event)
        eventually(waits_for_a_lock)
        assert not waiting.done()
        transaction.on_commit(waiting.result)
    assert enqueued == [Mail.objects.get().id] * 2


def mail_and_disconnect(event: OrderConfirmed) -> None:
    try:
        with transaction.atomic():
            handlers.mail_customer(event)
    finally:
        connections.close_all()
