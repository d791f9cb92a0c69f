"""Products, orders and pages for the tests of the storefront."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.catalog.models import Product
from apps.orders import services
from apps.orders.lines import PricedLine
from apps.orders.models import Order


def make_product(sku: str = "ABC", *, name: str = "Mug", stock: int = 9) -> Product:
    return Product.objects.create(sku=sku, name=name, price=Decimal("9.99"), stock=stock)


def make_order() -> Order:
    line = PricedLine(sku="ABC", name="Mug", quantity=2, price=Decimal("9.99"))
    return services.place_order(email="jo@example.com", lines=[line], currency="GBP")


def end(order: Order, status: str, *, ago: timedelta = timedelta(), reason: str = "") -> None:
    Order.objects.filter(pk=order.pk).update(
        status=status, reason=reason, ended_at=timezone.now() - ago
    )


def put_into_cart(client: Client, quantity: int = 2) -> None:
    make_product()
    client.post("/cart/add/ABC/", {"quantity": quantity})


def visit(client: Client, order: Order) -> str:
    """Look at the order's page by its link, as the customer does; return the page."""
    return content(client.get(f"/orders/{order.id}/?token={order.token}"))


def content(response: Any) -> str:
    text: str = response.content.decode()
    return text
