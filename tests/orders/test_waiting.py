"""Orders that wait too long for their end: a metric, and a list in the admin."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.orders import waiting
from apps.orders.models import Order
from tests.orders.factories import confirm, make_order

# The parts of the status are looked at in threads of their own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def two_late_one_young_one_ended(settings: Settings) -> None:
    settings.RECONCILE_AFTER = 120
    for seconds in (300, 200, 10):
        order = make_order(email=f"after-{seconds}@example.com")
        Order.objects.filter(id=order.id).update(
            placed_at=timezone.now() - timedelta(seconds=seconds)
        )
    confirm(make_order(email="confirmed-order@example.com"))


def test_waiting_orders_are_counted_with_the_oldest_age() -> None:
    figures = waiting.figures()
    assert (figures["placed"], figures["late"]) == (3, 2)
    assert 300 <= figures["oldest_age_seconds"] < 310


def test_without_waiting_orders_all_figures_are_zero() -> None:
    Order.objects.all().delete()
    assert waiting.figures() == {"placed": 0, "late": 0, "oldest_age_seconds": 0.0}


def test_status_and_metrics_show_waiting_orders_without_ids(client: Client) -> None:
    answer = client.get("/api/status")
    assert answer.json()["parts"]["orders"]["late"] == 2
    assert not any(str(id) in answer.text for id in Order.objects.values_list("id", flat=True))
    assert "shop_orders_late 2.0" in client.get("/metrics").content.decode()


def test_the_admin_lists_waiting_orders(admin_client: Client) -> None:
    page = admin_client.get("/admin/orders/order/?waiting=late").content.decode()
    listed = [
        name for name in ("after-300", "after-200", "after-10", "confirmed-order") if name in page
    ]
    assert listed == ["after-300", "after-200"]
