"""The stock of many products, stored by one statement that is written out.

Django's `bulk_update` builds an expression for each product. That was a quarter of the processor
time in which one order is handled, and the customer waits for it.
"""

from collections.abc import Iterable

from django.db import connection

from apps.catalog.models import Product


def store_stock(products: Iterable[Product]) -> None:
    """Store the stock of these products, which are locked."""
    # Numbers of ours, so they need no parameters.
    places = ", ".join(f"({product.pk:d}, {product.stock:d})" for product in products)
    if not places:
        return
    with connection.cursor() as cursor:
        # PostgreSQL and SQLite both call the columns of VALUES so.
        cursor.execute(
            f"UPDATE {Product._meta.db_table} SET stock = column2"
            f" FROM (VALUES {places}) AS counted WHERE id = column1"
        )
