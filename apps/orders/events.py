"""The events of an order, which the stream ORDERS stores for its consumers.

No event contains an e-mail address or a token: all consumers read events, for days.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from apps.messaging.contracts.declaring import event
from apps.messaging.events.streams import Stream
from apps.messaging.events.versions import EarlierEvent
from apps.messaging.message import Currency, Event, Money, Payload, Text

ORDERS = Stream(name="ORDERS", subjects=("orders.>",))


class EventLine(Payload):
    """A product, its quantity, and the price of one piece."""

    sku: Text
    name: Text
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]
    price: Money


class PlacedLine(EventLine):
    """The same with the currency of the price."""

    currency: Currency


class OrderEvent(Event):
    """The payload of an order's events: it has all lines, so that no consumer has to ask.

    `line_class` is the class of its lines; each takes a currency, and some ignore it.
    """

    line_class: ClassVar[type[EventLine]] = EventLine

    id: UUID
    total: Money
    currency: Currency
    lines: tuple[EventLine, ...]

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def currencies(self) -> set[str]:
        """Return the currencies of its amounts."""
        return {self.currency}


class OrderPlacedV1(OrderEvent, EarlierEvent):
    """`OrderPlaced` before its lines had a currency of their own."""

    subject: ClassVar[str] = "orders.placed"

    def upcast(self) -> "OrderPlaced":
        """Return it as version 2: all prices are in the order's currency."""
        lines = (PlacedLine(**line.model_dump(), currency=self.currency) for line in self.lines)
        return OrderPlaced(id=self.id, total=self.total, currency=self.currency, lines=tuple(lines))


class OrderPlaced(OrderEvent):
    """A customer has ordered, and waits for the confirmation."""

    subject: ClassVar[str] = "orders.placed"
    version: ClassVar[int] = 2
    earlier: ClassVar[tuple[type[Event], ...]] = (OrderPlacedV1,)
    line_class: ClassVar[type[EventLine]] = PlacedLine

    lines: tuple[PlacedLine, ...]

    @property
    def currencies(self) -> set[str]:
        return {self.currency, *(line.currency for line in self.lines)}


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
    event(OrderPlacedV1, producers=[]),
    event(OrderConfirmed, producers=["fulfilment_consumer"]),
    event(OrderRejected, producers=["fulfilment_consumer"]),
    event(OrderCancelled, producers=["web"]),
)
