"""The demo's past: complete, quiet, and the same at each seeding."""

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.catalog.models import Product
from apps.demo import seed
from apps.demo.assortment import PLAY, SHELVES
from apps.demo.history.adding import READERS, add_history
from apps.demo.history.past_orders import DAYS, PAST_ORDERS
from apps.fulfilment.models import Reservation
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.delivery import deliver as deliver_to
from apps.messaging.events.streams import declared_consumers
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.handling.verdicts import Ack
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry, OutboxMessage
from apps.messaging.operations.status import status
from apps.messaging.recovery.redrive import redrive
from apps.messaging.recovery.replay import Replay
from apps.messaging.testing import Deliver, PublishedMessages
from apps.notifications.handlers import CONSUMER as NOTIFICATIONS
from apps.notifications.models import Mail
from apps.notifications.queries import overdue
from apps.notifications.waiting import figures as mails_waiting
from apps.orders.events import ORDERS, OrderCancelled
from apps.orders.models import Order, OrderLine
from apps.orders.waiting import figures as orders_waiting
from apps.sales.models import SalesDay, SalesReport
from apps.sales.queries import sales_of, uncounted
from apps.sales.rebuilt import Rebuilt
from apps.sales.replay import compare
from tests.orders.factories import cancel, make_order
from tests.sales.stream import StoredStream, count_live

pytestmark = pytest.mark.django_db

TABLES = (Order, OrderLine, Reservation, Mail, SalesDay, SalesReport, InboxEntry, DeadLetter)


def contents() -> list[list[Any]]:
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


def test_three_customers_ordered_over_fourteen_days() -> None:
    assert add_history() == len(PAST_ORDERS) == Order.objects.count()
    assert Order.objects.values("email").distinct().count() == 3
    days = {order.day_placed for order in Order.objects.all()}
    assert days == {timezone.localdate() - timedelta(days=n) for n in range(1, DAYS + 1)}
    assert Counter(Order.objects.values_list("status", flat=True)) == {
        "confirmed": 28,
        "cancelled": 3,
        "rejected": 1,
    }


def test_adding_it_twice_changes_nothing() -> None:
    add_history()
    before = contents()
    assert add_history() == 0
    assert contents() == before


def added() -> list[Any]:
    """Add it and undo that; return its orders without their tokens, which are secrets."""
    with transaction.atomic():
        add_history()
        orders = Order.objects.order_by("id")
        found = list(orders.values_list("id", "email", "status", "total", "placed_at", "ended_at"))
        transaction.set_rollback(True)
    return found


def test_it_is_the_same_whenever_it_is_added() -> None:
    assert len(added()) == len(PAST_ORDERS)
    assert added() == added()


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_its_days_are_those_of_the_shops_time_zone(settings: Settings, zone: str) -> None:
    settings.TIME_ZONE = zone
    add_history()
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    days = {order.day_placed for order in Order.objects.all()}
    assert (max(days), min(days)) == (today - timedelta(days=1), today - timedelta(days=DAYS))
    assert {row.day for row in SalesDay.objects.all()} == days


def test_nothing_of_it_is_published_or_waits() -> None:
    add_history()
    assert not OutboxMessage.objects.exists()
    assert orders_waiting()["placed"] == mails_waiting()["put_off"] == 0
    assert overdue(since=timedelta(0)) == []
    assert not any(dead_letters.count_by_transport().values())
    assert status()["warnings"] == []


def test_each_order_has_its_total_its_stock_and_its_mails() -> None:
    add_history()
    paid = OrderLine.objects.values("order").annotate(sum=Sum(F("price") * F("quantity")))
    assert {row["order"]: row["sum"] for row in paid} == dict(
        Order.objects.values_list("id", "total")
    )
    held = Reservation.objects.filter(released_at=None).values_list("order", flat=True)
    assert set(held) == set(Order.objects.filter(status="confirmed").values_list("id", flat=True))
    kinds = Counter(Mail.objects.values_list("kind", flat=True))
    assert kinds == {"confirmed": 31, "cancelled": 3, "rejected": 1}
    assert set(Mail.objects.values_list("state", flat=True)) == {"sent"}
    assert not Mail.objects.filter(sent_at__lt=F("order__ended_at"), kind="cancelled").exists()


def test_the_sales_lack_no_event_of_it() -> None:
    add_history()
    for days_ago in range(1, DAYS + 1):
        day = timezone.localdate() - timedelta(days=days_ago)
        assert sales_of(day)
        assert uncounted(day, sales_of(day)) == 0
    sold = Order.objects.filter(status="confirmed").aggregate(total=Sum("total"))["total"]
    assert SalesDay.objects.aggregate(total=Sum("revenue"))["total"] == sold > Decimal(0)


def test_a_shop_that_has_sold_already_keeps_its_figures() -> None:
    make_order()
    count_live()
    add_history()
    today = timezone.localdate()
    assert [row.placed for row in sales_of(today)] == [1]


@pytest.fixture
def cancelled_today() -> Order:
    """A past order that staff cancel today: its event is in the stream, its others are not."""
    add_history()
    order = Order.objects.filter(status="confirmed").latest("placed_at")
    cancel(order)
    return order


def test_a_replay_leaves_the_days_of_the_past_as_they_are(cancelled_today: Order) -> None:
    count_live()
    before = list(SalesDay.objects.values())
    found = compare(cast("Replay", StoredStream()), Rebuilt(), apply=True)
    assert cancelled_today.day_placed in found.busy
    assert found.differences == []
    assert list(SalesDay.objects.values()) == before


def test_a_cancelled_past_order_returns_its_stock(
    cancelled_today: Order, deliver: Deliver, published: PublishedMessages
) -> None:
    line = cancelled_today.lines.first()
    assert line is not None
    Product.objects.create(sku=line.sku, name=line.name, price=line.price, stock=5)
    deliver(*published(OrderCancelled))
    assert Product.objects.get(sku=line.sku).stock == 5 + line.quantity


def test_the_dead_letter_tells_its_story() -> None:
    add_history()
    letter = DeadLetter.objects.get()
    failures = list(attempts.failed_of(letter))
    assert (letter.state, letter.redrives, letter.attempts) == ("redriven", 1, len(failures))
    assert letter.died_at == failures[-1].failed_at
    mail = Mail.objects.get(order_id=letter.headers["ce-subject"])
    assert letter.redriven_at
    assert letter.died_at < letter.redriven_at < mail.due_at < mail.sent_at  # type: ignore[operator]
    assert FailedDelivery.objects.count() == len(failures)


def test_the_letter_redriven_once_more_is_known_to_its_consumer() -> None:
    add_history()
    letter = DeadLetter.objects.get()
    redrive(id=letter.pk, again=True)
    row = OutboxMessage.objects.get()
    again = Delivery(
        consumer=NOTIFICATIONS.durable,
        subject=row.destination,
        headers=json.loads(row.headers),
        body=row.body.encode(),
        stream="ORDERS",
        sequence=1,
        attempt=1,
    )
    before = list(Mail.objects.values())
    assert isinstance(deliver_to(NOTIFICATIONS, again), Ack)
    assert list(Mail.objects.values()) == before


@pytest.fixture
def small_shop(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setattr(seed, "SHELVES", (PLAY,))
    settings.DEMO_DIR = tmp_path


@pytest.mark.parametrize("wanted", [True, False])
def test_the_seed_adds_it_if_the_setting_says_so(
    small_shop: None, settings: Settings, wanted: bool
) -> None:
    settings.DEMO_HISTORY = wanted
    call_command("seed", verbosity=0)
    assert Order.objects.exists() is wanted
    assert dict(Product.objects.values_list("sku", "stock")) == {
        item.sku: item.stock for item in PLAY.items
    }


def test_its_readers_are_the_consumers_of_orders() -> None:
    declared = {each.durable: each for each in declared_consumers() if each.stream == ORDERS}
    assert {durable: {*declared[durable].handlers} for durable in READERS} == {
        durable: {*kinds} for durable, kinds in READERS.items()
    }


def test_each_past_order_is_of_the_assortment() -> None:
    skus = {item.sku for shelf in SHELVES for item in shelf.items}
    assert {sku for past in PAST_ORDERS for sku in past.quantities} <= skus
