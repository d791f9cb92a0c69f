"""The change that an event makes to the figures of the day on which its order was placed.

The live consumer and the replay use this one table, so that their figures can be compared.
"""

from decimal import Decimal

from apps.orders.events import (
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)

type Figures = dict[str, Decimal]

FIGURES = ("placed", "confirmed", "rejected", "cancelled", "units", "revenue")

# The counter that grows by one, and the sign of the change of units and revenue.
_EFFECTS: dict[type[OrderEvent], tuple[str, int]] = {
    OrderPlaced: ("placed", 1),
    OrderConfirmed: ("confirmed", 0),
    OrderRejected: ("rejected", -1),
    OrderCancelled: ("cancelled", -1),
}


def delta_of(event: OrderEvent) -> Figures:
    counter, sign = _EFFECTS[type(event)]
    return {
        counter: Decimal(1),
        "units": Decimal(sign * event.units),
        "revenue": sign * event.total,
    }


def nothing() -> Figures:
    return dict.fromkeys(FIGURES, Decimal(0))
