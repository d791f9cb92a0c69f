"""The JSON API of orders: place, show and cancel an order, and follow its events."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.views.decorators.cache import never_cache
from ninja import Header, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import BeforeValidator, ConfigDict, Field

from apps.messaging.message import Money
from apps.orders import access, queries
from apps.orders.checkout import check_out
from apps.orders.journey import journey_of
from apps.orders.lines import RequestedLine
from apps.orders.services import cancel_order

router = Router(tags=["orders"])
FLOAT_NOISE = 1e-6
NOTHING_ELSE = ConfigDict(extra="forbid")
"""A misspelt `expected_total` must not place an order at any price."""


def _without_noise(value: object) -> object:
    """Round a sum of binary floats: in a client, three times 1.10 is 3.3000000000000003."""
    if isinstance(value, float) and abs(value - round(value, 2)) < FLOAT_NOISE:
        return Decimal(str(round(value, 2)))
    return value


class LineIn(Schema):
    """A product by its SKU, and how many of it."""

    model_config = NOTHING_ELSE

    sku: str
    quantity: Annotated[int, Field(strict=True)]


class OrderIn(Schema):
    """A new order. With `expected_total` it is placed only if its total is that amount."""

    model_config = NOTHING_ELSE

    email: str
    lines: list[LineIn]
    expected_total: Annotated[Money | None, BeforeValidator(_without_noise)] = None


class LineOut(Schema):
    """One product of an order, at the price we charge."""

    sku: str
    name: str
    quantity: int
    price: Money


class OrderOut(Schema):
    """An order as it is now; `reason` says why it was rejected or cancelled."""

    id: UUID
    status: str
    reason: str
    total: Money
    currency: str
    placed_at: datetime
    ended_at: datetime | None
    lines: list[LineOut]


class PlacedOut(OrderOut):
    """The placed order with the token that cancels it; no other answer contains the token."""

    token: str


class HopOut(Schema):
    """One step of an order: `recorded` and `sent` name a subject, `handled` the consumer."""

    name: str
    at: datetime
    kind: str
    detail: dict[str, Any]


class JourneyOut(Schema):
    """All steps so far, oldest first."""

    id: UUID
    hops: list[HopOut]


@router.post("/orders", response={201: PlacedOut, 200: PlacedOut}, summary="Place an order")
@decorate_view(never_cache)
def place(
    request: HttpRequest,
    order: OrderIn,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Status[dict[str, Any]]:
    """Answer 201, or 200 if the same request with the same key was sent before.

    A key is valid for 24 hours: the same request sent later is a new order.
    """
    checked_out = check_out(
        email=order.email,
        lines=[RequestedLine(sku=line.sku, quantity=line.quantity) for line in order.lines],
        expected_total=order.expected_total,
        idempotency_key=idempotency_key,
    )
    order_placed = checked_out.order
    payload = queries.order_payload(order_placed) | {"token": order_placed.token}
    return Status(201 if checked_out.created else 200, payload)


@router.get("/orders/{uuid:order_id}", response=OrderOut, summary="Look at an order")
@decorate_view(never_cache)
def show(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Answer with data that every event of the order has too: no address, so no token is needed."""
    return queries.order_payload(queries.order(order_id))


@router.post("/orders/{uuid:order_id}/cancel", response=OrderOut, summary="Cancel an order")
@decorate_view(never_cache)
def cancel(
    request: HttpRequest,
    order_id: UUID,
    order_token: Annotated[str, Header(alias="Order-Token")] = "",
) -> dict[str, Any]:
    """To cancel again gives the same answer; a rejected order cannot be cancelled (409).

    `Order-Token` is the `token` in the answer to the request that placed the order (else 403).
    """
    access.require_access(queries.order_alone(order_id), order_token)
    return queries.order_payload(cancel_order(order_id=order_id))


@router.get("/orders/{uuid:order_id}/journey", response=JourneyOut, summary="Follow an order")
@decorate_view(never_cache)
def journey(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    order = queries.order(order_id)
    return {"id": order.id, "hops": journey_of(order.id)}
