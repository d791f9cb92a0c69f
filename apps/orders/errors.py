"""Errors of a checkout or an order, and who must act on each.

OrderError
├── OrderInvalid      the caller: what was asked for cannot be bought; `field` says where (422)
│   └── UnknownLine
├── TotalDiffers      the caller: show the new total and ask again (409)
├── ShownDiffers      the caller: show the lines as they are now and ask again (409)
├── CartChanged       the caller: the same, for another window has bought it (409)
├── CartFull          the caller: an order has no more lines than these
├── KeyReused         the caller: another request needs another Idempotency-Key (409)
├── OrderNotFound     the caller: there is no such order (404)
├── NotTheirOrder     the caller: the token of the order is needed (403)
├── NotCancellable    the caller: a rejected order has nothing to cancel (409)
├── WrongStatus       the programmer: the order is not where this step begins
├── EventContradictsOrder  no one: the consumer makes a dead letter of the event
└── KeyTaken          no one: the checkout reads the order of the request that was first
"""

from decimal import Decimal
from uuid import UUID


class OrderError(Exception):
    """An order cannot be placed or changed like this."""


class OrderInvalid(OrderError):
    """What was asked for cannot be bought; `field` is its place in the request: `lines.0.sku`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UnknownLine(OrderInvalid):
    """There is no price for this SKU."""

    def __init__(self, field: str, sku: str) -> None:
        super().__init__(field, f"no product {sku!r} is for sale")
        self.sku = sku


class TotalDiffers(OrderError):
    """The prices have changed since the total was shown."""

    def __init__(self, *, expected: Decimal, actual: Decimal) -> None:
        super().__init__(f"the total is {actual}, not {expected}")
        self.expected = expected
        self.actual = actual


class ShownDiffers(OrderError):
    """Lines, quantities or prices are no longer those that were shown."""

    def __init__(self) -> None:
        super().__init__("the lines are not those that were shown")


class CartChanged(OrderError):
    """What was to be ordered is not in the cart any more."""

    def __init__(self) -> None:
        super().__init__("the cart has changed meanwhile")


class CartFull(OrderError):
    """The cart holds as many different things as an order may have."""


class KeyReused(OrderError):
    """This Idempotency-Key was sent before with another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request")


class OrderNotFound(OrderError):
    """There is no such order."""

    def __init__(self, order_id: UUID) -> None:
        super().__init__(f"there is no order {order_id}")


class NotTheirOrder(OrderError):
    """Only who placed it may do that."""

    def __init__(self) -> None:
        super().__init__("only who placed the order may do that: its token is missing or another's")


class NotCancellable(OrderError):
    """A rejected order cannot be cancelled."""

    def __init__(self) -> None:
        super().__init__("a rejected order cannot be cancelled")


class WrongStatus(OrderError):
    """The order is not in the status in which this step begins."""


class EventContradictsOrder(OrderError):
    """The event contradicts the order's status: it was not published by this shop."""

    def __init__(self, subject: str, order_id: UUID, status: str) -> None:
        super().__init__(f"{subject} is not true: order {order_id} is {status}")


class KeyTaken(OrderError):
    """Another request with this Idempotency-Key has placed its order first."""
