"""Products for tests."""

from decimal import Decimal
from typing import Any

from apps.catalog.models import Product
from apps.catalog.services import add_product


def make_product(sku: str = "ABC", *, price: str = "9.99", **fields: Any) -> Product:
    values: dict[str, Any] = {"name": f"Product {sku}", "stock": 10} | fields
    return add_product(sku=sku, price=Decimal(price), **values)
