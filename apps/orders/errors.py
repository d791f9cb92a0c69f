"""Errors of a checkout or an order, and who must act on each.

OrderError
├── OrderInvalid      the caller: this cannot be ordered; `field` says what is wrong (422)
│   └── UnknownLine
├── TotalDiffers      the caller: show the new total and ask again (409)
├── ShownDiffers      the caller: show the lines as they are now and ask again (409)
├── CartChanged       the caller: the same; another window has ordered some of it (409)
├── CartFull          the caller: an order cannot have more lines
├── KeyReused         the caller: another request needs another Idempotency-Key (409)
├── OrderNotFound     the caller: there is no such order (404)
├── NotTheirOrder     the caller: the token of the order is needed (403)
├── NotCancellable    the caller: a rejected order has nothing to cancel (409)
├── WrongStatus       the programmer: this step does not apply to the order's status
├── EventContradictsOrder  no one: the consumer makes a dead letter of the event
└── KeyTaken          no one: the checkout reads the order of the request that was first
"""

from decimal import Decimal
from uuid import UUID


class OrderError(Exception):
    """An order cannot be placed or changed like this."""


class OrderInvalid(OrderError):
    """This cannot be ordered; `field` is the wrong place in the request: `lines.0.sku`."""

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
        super().__init__(f"the total is {actual:.2f}, not {expected:.2f}")
        self.expected = expected
        self.actual = actual


class ShownDiffers(OrderError):
    """Lines, quantities or prices are no longer those that were shown."""

    def __init__(self) -> None:
        super().__init__("the lines are not those that were shown")


class CartChanged(OrderError):
    """A line to be ordered is not in the cart any more."""

    def __init__(self) -> None:
        super().__init__("the cart has changed meanwhile")


class CartFull(OrderError):
    """The cart holds as many different products as an order may have."""


class KeyReused(OrderError):
    """This Idempotency-Key was sent before with another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for another request")


class OrderNotFound(OrderError):
    """There is no such order."""

    def __init__(self, order_id: UUID) -> None:
        super().__init__(f"there is no order {order_id}")


class NotTheirOrder(OrderError):
    """The request has no token of the order."""

    def __init__(self) -> None:
        super().__init__("this needs the order's token, which is missing or wrong")


class NotCancellable(OrderError):
    """A rejected order cannot be cancelled."""

    def __init__(self) -> None:
        super().__init__("a rejected order cannot be cancelled")


class WrongStatus(OrderError):
    """This step does not apply to the status of the order."""


class EventContradictsOrder(OrderError):
    """The event contradicts the order's status: it was not published by this shop."""

    def __init__(self, subject: str, order_id: UUID, status: str) -> None:
        super().__init__(f"{subject} contradicts the order: {order_id} is {status}")


class KeyTaken(OrderError):
    """Another request with this Idempotency-Key has placed its order first."""
