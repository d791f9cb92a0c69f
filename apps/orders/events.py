"""The events of an order, which the stream ORDERS stores for its consumers.

No event contains an e-mail address or a token: all consumers read events, for days.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from apps.messaging.contracts.declaring import event
from apps.messaging.events.streams import Stream
from apps.messaging.message import Currency, Event, Money, Payload, Text

ORDERS = Stream(name="ORDERS", subjects=("orders.>",))


class EventLine(Payload):
    """A product, its quantity, and the price of one piece."""

    sku: Text
    name: Text
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    price: Money


class OrderEvent(Event):
    """The payload of an order's events: it has all lines, so that no consumer has to ask."""

    id: UUID
    total: Money
    currency: Currency
    lines: tuple[EventLine, ...]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


class OrderPlaced(OrderEvent):
    """A customer has ordered, and waits for the confirmation."""

    subject: ClassVar[str] = "orders.placed"


class OrderConfirmed(OrderEvent):
    """The stock for all lines is reserved."""

    subject: ClassVar[str] = "orders.confirmed"


class OrderRejected(OrderEvent):
    """The stock of a line was too small; nothing was reserved."""

    subject: ClassVar[str] = "orders.rejected"

    reason: Text


class OrderCancelled(OrderEvent):
    """The order was cancelled; the reserved stock is returned."""

    subject: ClassVar[str] = "orders.cancelled"

    reason: Text


CONTRACTS = (
    event(OrderPlaced, producers=["web"]),
    event(OrderConfirmed, producers=["fulfilment_consumer"]),
    event(OrderRejected, producers=["fulfilment_consumer"]),
    event(OrderCancelled, producers=["web"]),
)
