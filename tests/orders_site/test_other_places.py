"""With another language, clock and currency the pages are right, and their forms come back."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.mail import EmailMessage
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.catalog.models import Product
from apps.catalog.services import add_category, take_stock
from apps.images.models import Photo, Rendition
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.notifications.services import write_order_mails
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderRejected
from apps.orders.models import Order
from apps.pricing.client import Price
from apps.sales.reports import mail_report
from tests.catalog.products import make_product
from tests.orders.factories import cancel, confirm, event_of, reject
from tests.orders_site.http.test_who_may_do_what import OF_STAFF, PAGES
from tests.support.other_places import fields, language, marked_numbers, misread

__all__ = ["language", "marked_numbers"]

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
OPENED = {
    "catalog_category",
    "catalog_product",
    "images_photo",
    "messaging_deadletter",
    "messaging_faileddelivery",
    "messaging_outboxmessage",
    "notifications_mail",
    "orders_order",
}
SAVED = {"auth_user", "catalog_category", "catalog_product"}
PRICES = {"de": "1.500,00", "fr": "1\xa0500,00", "en-gb": "1,500.00"}


@pytest.fixture(autouse=True)
def shelf(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop with one thing of a high price, many pieces and a large photo."""
    tea = add_category(slug="tea", name="Tea")
    make_product(price="1500.00", stock=12_000, category=tea)
    photo = Photo.objects.create(
        sku="ABC", width=4000, height=3000, preview_key="p.jpeg", preview_width=1600
    )
    Rendition.objects.create(photo=photo, width=1600, height=1200, format="jpeg", key="r.jpeg")

    def prices(skus: Sequence[str]) -> dict[str, Price]:
        found = Product.objects.filter(sku__in=skus)
        return {each.sku: Price(price=each.price, currency=each.currency) for each in found}

    monkeypatch.setattr("apps.orders.prices.look_up_prices", prices)


def buy(client: Client, *, quantity: int = 1500) -> Order:
    """Place an order by the forms of the pages, as they stand there."""
    client.post("/cart/add/ABC/", {"quantity": quantity})
    form = fields(client.get("/checkout/").text, action="/checkout/")
    answer = client.post("/checkout/", form | {"email": "jo@example.com"})
    assert answer.status_code == 302
    return Order.objects.get()


def make_dead_letter() -> DeadLetter:
    """Make one whose only failure was at 20:15 in UTC."""
    of = {"transport": "sqs", "consumer": "jobs", "message_id": "m"}
    letter = DeadLetter.objects.create(destination="jobs", reason="r", body="b", **of)
    at = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
    FailedDelivery.objects.create(consumer="jobs", message_id="m", error="e", failed_at=at)
    return letter


@pytest.mark.usefixtures("marked_numbers")
def test_machine_readable_attributes_have_plain_numbers(admin_client: Client) -> None:
    order = buy(admin_client).id
    admin_client.post("/cart/add/ABC/", {"quantity": 1500})
    for request in [*PAGES, *OF_STAFF, "GET /checkout/"]:
        page = request.format(order=order).split()[1]
        for headers in ({}, HTMX):
            answer = admin_client.get(page, headers=headers)
            assert (answer.status_code, misread(answer.text)) == (200, []), page


def stored(row: Model) -> dict[str, object]:
    """Return the row as it is now, without microseconds, which no form contains."""
    values = type(row)._default_manager.filter(pk=row.pk).values()[0]
    return {
        name: value.replace(microsecond=0) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def test_an_unchanged_admin_form_can_be_saved(admin_client: Client) -> None:
    order = confirm(buy(admin_client))
    write_order_mails([event_of(OrderConfirmed, order)])

    make_dead_letter()

    opened, saved = set(), set()
    for model, registered in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = admin_client.get(reverse(f"admin:{name}_changelist"))
        assert (listed.status_code, misread(listed.text)) == (200, []), name
        for row in listed.context["cl"].result_list[:1]:
            address = reverse(f"admin:{name}_change", args=[row.pk])
            page = admin_client.get(address)
            assert (page.status_code, misread(page.text)) == (200, []), name
            opened.add(name)
            if registered.has_change_permission(page.wsgi_request):
                before = stored(row)
                form = fields(page.text, id=f"{model._meta.model_name}_form")
                answer = admin_client.post(address, form)
                assert answer.status_code == 302, (name, answer.context["errors"])
                assert stored(row) == before, name
                saved.add(name)
    assert opened >= OPENED
    assert saved >= SAVED


def test_the_unchanged_checkout_form_places_an_order(client: Client) -> None:
    order = buy(client)
    assert (order.total, order.currency) == (Decimal("2250000.00"), "EUR")


def test_the_unchanged_staff_form_changes_nothing(admin_client: Client) -> None:
    address = "/staff/products/ABC/"
    form = fields(admin_client.get(address).text, action=address)

    assert admin_client.post(address, form).status_code == 302
    product = Product.objects.get()
    assert (product.price, product.stock) == (Decimal("1500.00"), 12_000)


def test_a_rejected_staff_form_can_be_sent_again(admin_client: Client) -> None:
    address = "/staff/products/ABC/"
    form = fields(admin_client.get(address).text, action=address)
    take_stock([("ABC", 11_000)])
    rejected = admin_client.post(address, form | {"stock": "500", "price": "1600.00"})
    assert rejected.status_code == 200
    assert misread(rejected.text) == []

    assert admin_client.post(address, fields(rejected.text, action=address)).status_code == 302
    product = Product.objects.get()
    assert (product.price, product.stock) == (Decimal("1600.00"), 500)


def test_sums_and_times_are_localised(client: Client, language: str) -> None:
    order = buy(client, quantity=1)
    Order.objects.update(placed_at=datetime(2026, 11, 20, 20, 15, tzinfo=UTC))

    page = client.get(f"/orders/{order.id}/").text

    assert f"€{PRICES[language]}" in page
    assert "2026, 01:45 IST" in page
    assert " UTC" not in page  # with a space: the form's token may contain the letters


def test_a_mail_is_written_for_people(client: Client, language: str) -> None:
    order = confirm(buy(client, quantity=1))
    (mail,) = write_order_mails([event_of(OrderConfirmed, order)])
    assert f"1 x Product ABC (ABC) at {PRICES[language]} EUR" in mail.body
    assert f"Total: {PRICES[language]} EUR" in mail.body


def test_mails_about_an_end_are_written_for_people(client: Client, language: str) -> None:
    rejected = reject(buy(client, quantity=1))
    why = {"reason": rejected.reason}
    (mail,) = write_order_mails([event_of(OrderRejected, rejected, **why)])
    assert f"1 x Product ABC (ABC) at {PRICES[language]} EUR" in mail.body
    Order.objects.all().delete()

    cancelled = cancel(confirm(buy(client, quantity=1)))
    why = {"reason": cancelled.reason}
    (mail,) = write_order_mails([event_of(OrderCancelled, cancelled, **why)])
    assert f"1 x Product ABC (ABC) at {PRICES[language]} EUR" in mail.body


def test_a_failure_in_the_admin_has_the_shops_time(admin_client: Client) -> None:
    letter = make_dead_letter()
    page = admin_client.get(reverse("admin:messaging_deadletter_change", args=[letter.pk])).text
    assert "01:45: e" in page or "1:45 a.m.: e" in page
    assert "20:15" not in page


def test_a_sales_reports_subject_has_the_date_of_its_body(
    mailoutbox: list[EmailMessage], language: str
) -> None:
    mail_report(day=date(2026, 3, 4))
    (mail,) = mailoutbox
    months = {"de": "März", "fr": "mars", "en-gb": "March"}
    assert mail.subject == f"Sales of 4 {months[language]} 2026"
    assert mail.body.startswith(f"{mail.subject}\n")
