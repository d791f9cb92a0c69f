"""Place orders as fast as one thread can, with the shop's service or with one `save()` per line.

Usage: `place_for SECONDS shipped|saves`. It prints orders per second and the CPU of one.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from apps.messaging import outbox
from apps.orders.events import OrderPlaced
from apps.orders.models import Order, OrderLine
from apps.orders.services import _event_of
from bench.programs.place_orders import LINES, place


@transaction.atomic
def save_each_line() -> str:
    """What one writes first: a statement for each line. The outbox is the shop's."""
    order = Order(email="a@example.com", total=Decimal("12.00"), currency="GBP", id=uuid.uuid4())
    order.save(force_insert=True)
    rows = [
        OrderLine(
            order=order, sku=line.sku, name=line.name, quantity=line.quantity, price=line.price
        )
        for line in LINES
    ]
    for row in rows:
        row.save()
    # The shop's own event: the earlier build has an earlier version of it.
    outbox.record(_event_of(OrderPlaced, order, rows), key=str(order.id))
    return str(order.id)


def main(seconds: float, place_one: Callable[[], str]) -> None:
    """Place them until the time is over, and print what one took."""
    place_one()  # It connects.
    began, used, count = time.perf_counter(), sum(os.times()[:2]), 0
    while (took := time.perf_counter() - began) < seconds:
        place_one()
        count += 1
    cpu = sum(os.times()[:2]) - used
    print(json.dumps({"rate": count / took, "cpu_us": cpu / count * 1e6}))


if __name__ == "__main__":
    main(float(sys.argv[1]), {"shipped": place, "saves": save_each_line}[sys.argv[2]])
