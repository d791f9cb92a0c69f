"""A fork server whose processes run the next version of the code, which knows more of an order.

`python -m tests.failures.newer`, as `fork_server.py`. A field that has a default may be added
while both versions run: the old version ignores it, and the new one finds the default. So may a
column whose default the database knows, before any process of the new version starts.
"""

from django.db import models
from pydantic.fields import FieldInfo

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.models import Order
from tests.failures.fork_server import main

ADDED = "channel"
BY_OLD, BY_NEW = "web", "app"
"""What the column has in an order of the old version, and of the new one."""
MIGRATION = f"ALTER TABLE orders_order ADD COLUMN {ADDED} text DEFAULT '{BY_OLD}' NOT NULL"
"""As Django's `AddField` of the column below is on PostgreSQL."""
TAKEN_BACK = f"ALTER TABLE orders_order DROP COLUMN {ADDED}"


def add_a_column() -> None:
    Order.add_to_class(ADDED, models.TextField(default=BY_NEW, db_default=BY_OLD))


def add_a_field() -> None:
    for event in (OrderEvent, OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled):
        event.__pydantic_fields__[ADDED] = FieldInfo(annotation=str, default="web")
        event.model_rebuild(force=True)


if __name__ == "__main__":
    add_a_field()
    add_a_column()
    main()
