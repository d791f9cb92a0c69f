"""The admin as a whole: rows of processes are read-only, and long lists need no more queries."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.catalog.models import Category, Product
from apps.catalog.services import add_product
from apps.images.models import Photo
from apps.messaging import admin_lists
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry, WorkerInstance
from apps.notifications.models import Mail
from apps.orders.models import Order
from tests.orders.factories import confirm, make_order, recorded, reject

pytestmark = pytest.mark.django_db

WRITTEN_BY_PROCESSES = {
    "messaging.deadletter",
    "messaging.faileddelivery",
    "messaging.inboxentry",
    "messaging.outboxmessage",
    "messaging.workerinstance",
    "orders.order",
    "fulfilment.reservation",
    "notifications.mail",
    "sales.salesday",
    "sales.salesreport",
}
numbers = count(1)


def make_photo() -> None:
    Photo.objects.create(sku="ABC", width=4, height=3, preview_key="photos/p.jpeg")


def make_product() -> None:
    number = next(numbers)
    category = Category.objects.create(slug=f"c{number}", name=f"C{number}")
    add_product(sku=f"P{number}", name="P", price=Decimal(1), category=category)


def make_letter() -> None:
    id = str(next(numbers))
    DeadLetter.objects.create(
        transport="sqs", consumer="jobs", message_id=id, destination="jobs", reason="r", body="b"
    )


def make_mail() -> None:
    Mail.objects.create(
        order=make_order(), kind="confirmed", to="a@example.com", subject="s", body="b"
    )


def make_worker() -> None:
    now = timezone.now()
    WorkerInstance.objects.create(
        name="w", instance=str(next(numbers)), pid=1, started_at=now, seen_at=now, last_step_at=now
    )


LISTS: dict[str, Callable[[], object]] = {
    "orders_order": make_order,
    "messaging_outboxmessage": make_order,
    "catalog_product": make_product,
    "images_photo": make_photo,
    "notifications_mail": make_mail,
    "messaging_deadletter": make_letter,
    "messaging_faileddelivery": lambda: FailedDelivery.objects.create(consumer="c", error="e"),
    "messaging_inboxentry": lambda: InboxEntry.objects.create(
        consumer="c", message_id=str(next(numbers))
    ),
    "messaging_workerinstance": make_worker,
}


def cancel(client: Client, *orders: Order) -> str:
    chosen = {"action": "cancel", "_selected_action": [order.pk for order in orders]}
    return client.post(reverse("admin:orders_order_changelist"), chosen, follow=True).text


@pytest.mark.parametrize("name", sorted(WRITTEN_BY_PROCESSES))
def test_rows_of_processes_are_read_only(admin_client: Client, name: str) -> None:
    request = RequestFactory().get("/")
    request.user = admin_client.get("/admin/").wsgi_request.user
    found = admin.site.get_model_admin(apps.get_model(name))
    may = (found.has_add_permission, found.has_change_permission, found.has_delete_permission)
    assert [each(request) for each in may] == [False, False, False]


def test_a_product_cannot_be_deleted(admin_client: Client) -> None:
    make_product()
    product = Product.objects.get()
    chosen = {"action": "delete_selected", "_selected_action": [product.pk], "post": "yes"}
    admin_client.post(reverse("admin:catalog_product_changelist"), chosen)
    admin_client.post(reverse("admin:catalog_product_delete", args=[product.pk]), {"post": "yes"})
    assert Product.objects.exists()


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_costs_no_more_queries(admin_client: Client, name: str) -> None:
    address, make = reverse(f"admin:{name}_changelist"), LISTS[name]
    taken = []
    for more in (2, 5):
        for _ in range(more):
            make()
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(address).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_list_shows_that_it_is_cut_off(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 3)
    address = reverse("admin:orders_order_changelist")
    orders = [make_order() for _ in range(3)]
    assert "The first 3 or more" in admin_client.get(address).text
    assert "or more" not in admin_client.get(address, {"q": str(orders[0].pk)}).text


def test_select_all_means_the_rows_that_were_counted(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 2)
    orders = [make_order() for _ in range(3)]
    earlier = orders[0].placed_at - timedelta(hours=1)
    # SQLite's clock counts milliseconds, and a fast machine makes more than one order in one.
    Order.objects.filter(pk=orders[0].pk).update(placed_at=earlier)
    chosen = {"action": "cancel", "_selected_action": [orders[2].pk], "select_across": "1"}
    page = admin_client.post(reverse("admin:orders_order_changelist"), chosen, follow=True).text
    assert "Cancelled: 2" in page
    orders[0].refresh_from_db()
    assert orders[0].status == "placed"


def test_an_order_that_was_cancelled_before_is_not_counted(admin_client: Client) -> None:
    order = make_order()
    assert "Cancelled: 1" in cancel(admin_client, order)
    page = cancel(admin_client, order)
    assert "was cancelled before" in page
    assert "Cancelled: " not in page


def test_chosen_orders_are_cancelled_by_the_service(admin_client: Client) -> None:
    order = confirm(make_order())
    assert "Cancelled: 1" in cancel(admin_client, order)
    order.refresh_from_db()
    assert (order.status, order.reason) == ("cancelled", "cancelled by the shop")
    assert recorded(order.id)[-1] == "orders.cancelled"


def test_the_admin_skips_a_rejected_order_with_a_message(
    admin_client: Client,
) -> None:
    rejected, other = reject(make_order()), make_order()
    page = cancel(admin_client, rejected, other)
    assert "A rejected order cannot be cancelled" in page
    assert "Cancelled: 1" in page
    rejected.refresh_from_db()
    assert rejected.status == "rejected"


def test_a_status_that_is_posted_by_hand_changes_nothing(admin_client: Client) -> None:
    order = make_order()
    page = reverse("admin:orders_order_change", args=[order.pk])
    assert admin_client.post(page, {"status": "confirmed"}).status_code == 403
    order.refresh_from_db()
    assert order.status == "placed"


def test_an_orders_page_shows_its_lines(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:orders_order_change", args=[make_order().pk])).text
    assert "2 × Product ABC (ABC) at 9.99" in page


def test_a_worker_with_an_old_row_is_not_alive(admin_client: Client) -> None:
    make_worker()
    WorkerInstance.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    page = admin_client.get(reverse("admin:messaging_workerinstance_changelist")).text
    assert 'icon-no.svg" alt="False"' in page
