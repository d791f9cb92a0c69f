"""The events of an order, which the stream ORDERS keeps for its consumers.

No e-mail address and no token is in any: events are read by everybody and kept for long.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from apps.messaging.events.streams import Stream
from apps.messaging.message import Currency, Event, Money, Payload, Text

ORDERS = Stream(name="ORDERS", subjects=("orders.>",))


class EventLine(Payload):
    """A product, how many of it, and what one of them costs."""

    sku: Text
    name: Text
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    price: Money


class OrderEvent(Event):
    """The payload of an order's events: all that was bought, so that no consumer has to ask."""

    id: UUID
    total: Money
    currency: Currency
    lines: tuple[EventLine, ...]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


class OrderPlaced(OrderEvent):
    """A customer has ordered and waits for our word."""

    subject: ClassVar[str] = "orders.placed"


class OrderConfirmed(OrderEvent):
    """The stock for all of it is reserved."""

    subject: ClassVar[str] = "orders.confirmed"


class OrderRejected(OrderEvent):
    """Something of it is not to be had; nothing was reserved."""

    subject: ClassVar[str] = "orders.rejected"

    reason: Text


class OrderCancelled(OrderEvent):
    """The customer does not want it any more; what was reserved goes back."""

    subject: ClassVar[str] = "orders.cancelled"

    reason: Text
