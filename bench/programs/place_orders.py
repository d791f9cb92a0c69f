"""Place this many orders of three lines, by the shop's own service: `place_orders COUNT`."""

import sys
from decimal import Decimal

from apps.orders.lines import PricedLine
from apps.orders.services import place_order

LINES = [
    PricedLine(sku=f"SKU-{number:04}", name=f"Product {number}", quantity=1, price=Decimal("4.00"))
    for number in (1, 8, 15)
]


def place() -> str:
    """Place one order; return its id."""
    return str(place_order(email="a@example.com", currency="GBP", lines=LINES).id)


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        place()
