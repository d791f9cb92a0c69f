"""A fork server whose processes run the next version of the code: its events of orders tell more.

`python -m tests.failures.newer`, as `fork_server.py`. A field that has a default may be added
while both versions run: the old version ignores it, and the new one finds the default.
"""

from pydantic.fields import FieldInfo

import workers  # noqa: F401  sets Django up, before any app is imported
from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from tests.failures.fork_server import main

ADDED = "channel"


def add_a_field() -> None:
    for event in (OrderEvent, OrderPlaced, OrderConfirmed, OrderRejected, OrderCancelled):
        event.__pydantic_fields__[ADDED] = FieldInfo(annotation=str, default="web")
        event.model_rebuild(force=True)


if __name__ == "__main__":
    add_a_field()
    main()
