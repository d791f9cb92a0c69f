"""The page of the waterfall: a real order's rows, as a table."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from apps.demo.history.adding import add_history
from apps.demo.history.lives import lives
from apps.messaging.models import OutboxMessage
from apps.messaging.recovery.redrive import redrive
from apps.orders.models import Order
from tests.messaging.support.dead_letters import bury
from tests.orders.factories import confirm, make_order

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


def test_before_the_first_order_the_page_says_so(client: Client) -> None:
    assertContains(client.get("/lab/waterfall/"), "There is no order at all")


def test_a_shop_with_a_past_begins_with_its_newest_order(client: Client) -> None:
    add_history()
    newest = max(lives(timezone.localdate()), key=lambda life: life.placed.at)
    page = client.get("/lab/waterfall/")
    assertContains(page, f'href="/orders/{newest.placed.event.id}/"')
    assertContains(page, "What is still stored")
    for step in ("fulfilment handles a message", "sales handles a message", "Mail: order "):
        assertContains(page, f'scope="row">{step}')
    assertContains(page, "There is no outbox row of it any more")


def test_the_newest_order_is_shown_and_the_others_are_linked(client: Client) -> None:
    older, newer = make_order(), make_order()
    # To SQLite's clock both may be of the same millisecond.
    Order.objects.filter(pk=older.pk).update(placed_at=older.placed_at - timedelta(seconds=1))
    page = client.get("/lab/waterfall/")
    assertContains(page, f'href="/orders/{newer.id}/"')
    assertNotContains(page, f'href="/orders/{older.id}/"')
    assertContains(page, f'<a href="/lab/waterfall/{older.id}/">')


def test_an_order_has_a_row_for_each_step_and_says_what_is_not_recorded(client: Client) -> None:
    order = make_order()
    confirm(order)
    page = client.get(f"/lab/waterfall/{order.id}/")
    for step in (
        "Outbox: orders.placed",
        "Relay: orders.placed",
        "Stream: orders.placed",
        "fulfilment handles orders.placed",
        "sales handles orders.placed",
        "Outbox: orders.confirmed",
        "notification handles orders.confirmed",
    ):
        assertContains(page, f'scope="row">{step}')
    assertContains(page, '<td role="cell" data-label="Working">not recorded</td>')


def test_a_redriven_event_is_a_second_row_of_its_order(client: Client) -> None:
    order = make_order()
    placed = OutboxMessage.objects.get(key=order.id)
    letter = bury(
        consumer="fulfilment",
        message_id=str(placed.message_id),
        destination=placed.destination,
        headers=json.loads(placed.headers),
    )
    redrive(id=letter.pk)
    page = client.get("/lab/waterfall/")
    assertContains(page, f'href="/orders/{order.id}/"')
    assertContains(page, 'scope="row">Outbox: orders.placed', count=2)


def test_what_was_sent_by_hand_and_redriven_is_no_order(client: Client) -> None:
    redrive(id=bury(destination="orders.placed", headers={}).pk)
    assertContains(client.get("/lab/waterfall/"), "There is no order at all")


def test_an_unknown_order_is_not_found(client: Client) -> None:
    assert client.get(f"/lab/waterfall/{uuid4()}/").status_code == 404


def test_an_order_whose_rows_were_pruned_says_so(client: Client) -> None:
    order = make_order()
    OutboxMessage.objects.all().delete()
    assertContains(client.get(f"/lab/waterfall/{order.id}/"), "is stored any more")


def test_htmx_gets_a_new_table_only_if_there_is_news(client: Client) -> None:
    order = make_order()
    address = f"/lab/waterfall/{order.id}/"
    page = client.get(address)
    seen = page.context["seen"]
    assert client.get(address, {"seen": seen}, headers=HTMX).status_code == 204
    confirm(order)
    news = client.get(address, {"seen": seen}, headers=HTMX)
    assertContains(news, "Outbox: orders.confirmed")
    assertNotContains(news, "<html")


def test_the_page_of_an_order_links_to_its_waterfall(client: Client) -> None:
    order = make_order()
    assertContains(client.get(f"/orders/{order.id}/"), f'href="/lab/waterfall/{order.id}/"')
