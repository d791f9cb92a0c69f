"""A state machine of orders: events in any order and number, and processes killed at any time."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from uuid import UUID

import hypothesis
import pytest
from django.core import mail as mailbox
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.catalog.models import Product
from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.fulfilment.models import Reservation
from apps.messaging import hooks
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling.verdicts import Ack, Reject
from apps.messaging.models import OutboxMessage
from apps.notifications import services as notifications
from apps.notifications.handlers import CONSUMER as NOTIFICATION
from apps.notifications.models import Mail
from apps.orders import services as orders
from apps.orders.errors import NotCancellable
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderRejected
from apps.orders.models import Order
from apps.sales.handlers import CONSUMER as SALES
from apps.sales.models import SalesDay
from tests.catalog.products import make_product
from tests.fuzz.generated_input import fewer_on_postgresql
from tests.orders.factories import event_of, foreign_delivery, priced, recorded

STOCK = {"ABC": 5, "XYZ": 4}
CONSUMERS = (FULFILMENT, NOTIFICATION, SALES)
LIVES = {
    ("placed",): "placed",
    ("placed", "confirmed"): "confirmed",
    ("placed", "rejected"): "rejected",
    ("placed", "cancelled"): "cancelled",
    ("placed", "confirmed", "cancelled"): "cancelled",
}
"""The events of an order in the outbox → its status then."""

LIES = {
    "placed": (OrderConfirmed, OrderRejected, OrderCancelled),
    "confirmed": (OrderRejected, OrderCancelled),
    "rejected": (OrderConfirmed, OrderCancelled),
    "cancelled": (OrderRejected,),
}
"""An order's status → the events that only a foreign publisher could send then."""

some_event = st.integers(min_value=0, max_value=1000)
some_consumer = st.sampled_from(CONSUMERS)


class Crash(BaseException):
    """The process is killed here; no error handler catches it."""


@contextmanager
def crash_at(point: str) -> Iterator[None]:
    """End the block at that point, if it gets there; the transaction is rolled back."""

    def die() -> None:
        raise Crash

    try:
        with hooks.attached(point, die):
            yield
    except Crash:
        pass


class OrderLife(RuleBasedStateMachine):
    placed = Bundle("placed")

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        mailbox.outbox.clear()
        for sku, stock in STOCK.items():
            make_product(sku, stock=stock)

    @rule(target=placed, abc=st.integers(1, 3), xyz=st.integers(0, 3))
    def place(self, abc: int, xyz: int) -> UUID:
        return self._place(abc, xyz).id

    @rule(abc=st.integers(1, 3))
    def die_while_placing(self, abc: int) -> None:
        with crash_at("outbox.recorded"):
            self._place(abc, 0)

    @rule(order_id=placed)
    def cancel(self, order_id: UUID) -> None:
        try:
            orders.cancel_order(order_id=order_id)
        except NotCancellable:
            assert Order.objects.get(id=order_id).status == Order.Status.REJECTED

    @rule(order_id=placed)
    def die_while_cancelling(self, order_id: UUID) -> None:
        with crash_at("outbox.recorded"):
            self.cancel(order_id)

    @rule(consumer=some_consumer, event=some_event, attempt=st.integers(1, 3))
    def deliver(self, consumer: Consumer, event: int, attempt: int) -> None:
        rows = [row for row in events() if hears(consumer, row)]
        if rows:
            verdict = deliver(
                consumer, delivery_of(rows[event % len(rows)], consumer, attempt=attempt)
            )
            assert isinstance(verdict, Ack)

    @rule(order_id=placed, lie=some_event)
    def tell_a_lie(self, order_id: UUID, lie: int) -> None:
        order = Order.objects.get(id=order_id)
        lies = LIES[order.status]
        event = event_of(lies[lie % len(lies)], order, reason="because")
        for consumer in CONSUMERS:
            if type(event) in consumer.handlers:
                assert isinstance(deliver(consumer, foreign_delivery(event, consumer)), Reject)

    @rule(consumer=some_consumer, event=some_event, point=st.sampled_from(["fetched", "handled"]))
    def die_before_the_commit(self, consumer: Consumer, event: int, point: str) -> None:
        with crash_at(f"consumer.{point}"):
            self.deliver(consumer, event, attempt=1)

    @rule(mail=some_event)
    def send_a_mail(self, mail: int) -> None:
        ids = list(Mail.objects.order_by("id").values_list("id", flat=True))
        if ids:
            notifications.send(mail_id=ids[mail % len(ids)])

    @rule(mail=some_event)
    def die_before_the_mail(self, mail: int) -> None:
        with crash_at("mail.claimed"):
            self.send_a_mail(mail)

    @invariant()
    def stock_is_conserved(self) -> None:
        held: Counter[str] = Counter()
        for lines in Reservation.objects.filter(released_at=None).values_list("lines", flat=True):
            held.update(dict(lines))
        stock = dict(Product.objects.values_list("sku", "stock"))
        assert {sku: stock[sku] + held[sku] for sku in STOCK} == STOCK

    @invariant()
    def every_order_has_one_life(self) -> None:
        for order in Order.objects.all():
            life = tuple(subject.removeprefix("orders.") for subject in recorded(order.id))
            assert LIVES[life] == order.status

    @invariant()
    def no_mail_goes_out_twice(self) -> None:
        ids = Counter(mail.extra_headers["Message-ID"] for mail in mailbox.outbox)
        assert set(ids.values()) <= {1}

    def teardown(self) -> None:
        try:
            self._let_all_arrive()
            self.stock_is_conserved()
            self.every_order_has_one_life()
            check_the_end()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def _place(self, abc: int, xyz: int) -> Order:
        lines = [priced("ABC", quantity=abc), priced("XYZ", quantity=xyz)]
        return orders.place_order(
            email="ada@example.com", lines=[line for line in lines if line.quantity], currency="GBP"
        )

    def _let_all_arrive(self) -> None:
        """Deliver at least once, in any order; new events are delivered in the next round."""
        count = -1
        while count < (count := len(events())):
            rows = events()
            Random(count).shuffle(rows)
            for row in rows:
                for consumer in CONSUMERS:
                    if hears(consumer, row):
                        assert isinstance(deliver(consumer, delivery_of(row, consumer)), Ack)
        for mail in Mail.objects.all():
            notifications.send(mail_id=mail.id)


def events() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.order_by("id"))


def hears(consumer: Consumer, row: OutboxMessage) -> bool:
    return row.destination in {event.subject for event in consumer.handlers}


def delivery_of(row: OutboxMessage, consumer: Consumer, *, attempt: int = 1) -> Delivery:
    return Delivery(
        consumer=consumer.durable,
        subject=row.destination,
        headers=json.loads(row.headers),
        body=row.body.encode(),
        stream="ORDERS",
        sequence=row.id,
        attempt=attempt,
    )


def check_the_end() -> None:
    """All has arrived: every order has ended, is counted once, and each end is mailed once."""
    by_status = Counter(Order.objects.values_list("status", flat=True))
    assert not by_status["placed"]
    ends = events_by_kind()
    days = SalesDay.objects.all()  # Several, where midnight has passed between two orders.
    for kind in ("placed", "confirmed", "rejected", "cancelled"):
        assert sum(getattr(day, kind) for day in days) == len(ends[kind]), kind
    sold = Order.objects.filter(status=Order.Status.CONFIRMED).prefetch_related("lines")
    assert sum(day.units for day in days) == sum(
        line.quantity for order in sold for line in order.lines.all()
    )
    assert sum((day.revenue for day in days), Decimal(0)) == sum(
        (order.total for order in sold), Decimal(0)
    )
    mailed = Counter(
        mail.extra_headers["Message-ID"].strip("<").split("@")[0] for mail in mailbox.outbox
    )
    assert mailed == Counter(
        f"{key}-{kind}" for kind, keys in ends.items() if kind != "placed" for key in keys
    )


def events_by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {
        kind: [] for kind in ("placed", "confirmed", "rejected", "cancelled")
    }
    for row in events():
        found[row.destination.removeprefix("orders.")].append(row.key)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lives", "steps"), [(15, 25), pytest.param(80, 50, marks=pytest.mark.slow)]
)
def test_stock_mails_and_sales_add_up_after_any_faults(lives: int, steps: int) -> None:
    run_state_machine_as_test(
        OrderLife,
        settings=hypothesis.settings(
            max_examples=fewer_on_postgresql(lives),
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
