"""A report of a day whose events are not all counted: it waits, and at last says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from apps.orders.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced
from apps.orders.models import Order
from apps.sales.handlers import count_event
from apps.sales.models import SalesReport
from apps.sales.reports import PATIENCE, send_due_reports
from tests.orders.factories import cancel, confirm, event_of, make_order

pytestmark = pytest.mark.django_db

NEXT_DAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def at_six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NEXT_DAY + timedelta(hours=6))


def order_of_that_day(*, placed: datetime = NEXT_DAY - timedelta(hours=12)) -> Order:
    order = confirm(make_order())
    Order.objects.filter(id=order.id).update(placed_at=placed, ended_at=placed)
    order.refresh_from_db()
    return order


def count_events(order: Order, *events: type[OrderEvent]) -> None:
    for event in events:
        count_event(event_of(event, order))


@pytest.mark.usefixtures("at_six")
@pytest.mark.parametrize("counted", [[], [OrderPlaced], [OrderConfirmed]])
def test_a_report_waits_until_all_events_of_its_day_are_counted(
    mailoutbox: list[EmailMessage], counted: list[type[OrderEvent]]
) -> None:
    """It said that nothing was ordered."""
    order = order_of_that_day()
    count_events(order, *counted)
    assert (send_due_reports(), mailoutbox) == (0, [])
    count_events(order, *{OrderPlaced, OrderConfirmed} - {*counted})
    assert send_due_reports() == 1
    (mail,) = mailoutbox
    assert "1 orders placed: 1 confirmed" in mail.body
    assert "incomplete" not in mail.body


def test_a_report_that_has_waited_for_long_says_what_is_missing(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    order_of_that_day()
    for late, sent in ((PATIENCE - timedelta(seconds=1), 0), (PATIENCE, 1)):
        monkeypatch.setattr(timezone, "now", lambda late=late: NEXT_DAY + late)
        assert send_due_reports() == sent
    (mail,) = mailoutbox
    assert mail.body == (
        "Sales of 23 November 2026\n\n\n"
        "This report is incomplete: 2 events of this day's orders are not counted yet.\n\n"
    )


@pytest.mark.usefixtures("at_six")
def test_a_day_that_waits_does_not_hold_others_up(mailoutbox: list[EmailMessage]) -> None:
    SalesReport.objects.create(day=NEXT_DAY - timedelta(days=2))
    order_of_that_day()
    assert send_due_reports() == 1
    assert [mail.subject for mail in mailoutbox] == ["Sales of 22 November 2026"]


@pytest.mark.usefixtures("at_six")
@pytest.mark.parametrize("placed", [NEXT_DAY, NEXT_DAY - timedelta(days=1, microseconds=1)])
def test_only_orders_of_its_day_concern_a_report(placed: datetime) -> None:
    order_of_that_day(placed=placed)
    assert send_due_reports() == 1


@pytest.mark.usefixtures("at_six")
def test_an_order_that_has_just_ended_is_not_waited_for(mailoutbox: list[EmailMessage]) -> None:
    """In a busy shop one of yesterday's orders is cancelled at any moment."""
    order = order_of_that_day()
    count_events(order, OrderPlaced, OrderConfirmed)
    cancel(order)
    assert send_due_reports() == 1
    assert "0 cancelled" in mailoutbox[0].body
    assert "incomplete" not in mailoutbox[0].body


@pytest.mark.usefixtures("at_six")
def test_a_cancelled_order_is_counted_once() -> None:
    order = cancel(order_of_that_day())
    Order.objects.update(ended_at=NEXT_DAY)
    count_events(order, OrderPlaced, OrderConfirmed)
    assert send_due_reports() == 0
    count_event(event_of(OrderCancelled, order, reason=order.reason))
    assert send_due_reports() == 1
