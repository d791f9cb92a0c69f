"""The checkout: asks the prices over request-reply, then places the order in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.catalog.queries import names
from apps.orders import idempotency
from apps.orders.errors import KeyTaken, OrderInvalid, ShownDiffers, TotalDiffers, UnknownLine
from apps.orders.lines import MergedLine, PricedLine, RequestedLine, fingerprint, merge, total_of
from apps.orders.models import Order
from apps.orders.prices import prices_of
from apps.orders.services import place_order
from apps.pricing.client import NotSaleable, UnknownSku


@dataclass(frozen=True, kw_only=True)
class CheckedOut:
    """The order; `created` is false if an earlier request with the same key has placed it."""

    order: Order
    created: bool


def check_out(
    *,
    email: str,
    lines: Sequence[RequestedLine],
    expected_total: Decimal | None = None,
    shown: str | None = None,
    cart: UUID | None = None,
    idempotency_key: str | None = None,
) -> CheckedOut:
    """Place an order at the prices of this moment.

    `shown` is the `fingerprint` of the lines that the customer has seen. The lines are removed from
    `cart`. Raises `OrderInvalid` (`UnknownLine` among them), `TotalDiffers`, `ShownDiffers`,
    `CartChanged`, `KeyReused`. Raises `NoResponder`, `RequestTimeout` or `BrokerAway` if no
    responder answers with the prices. After each of them nothing was stored.
    """
    email = _checked_email(email)
    wanted = merge(lines)
    claim = None
    if idempotency_key is not None:
        claim = idempotency.claim(
            idempotency_key, email=email, lines=wanted, expected_total=expected_total, shown=shown
        )
        # Before the prices: a repeated request gets its answer also while pricing is away.
        if earlier := idempotency.earlier_order(claim):
            return CheckedOut(order=earlier, created=False)
    priced, currency = _priced(wanted)
    total = total_of(priced)
    if expected_total is not None and expected_total != total:
        raise TotalDiffers(expected=expected_total, actual=total)
    if shown is not None and shown != _fingerprint(priced, currency):
        raise ShownDiffers
    return _place(email=email, lines=priced, currency=currency, claim=claim, cart=cart)


def _fingerprint(lines: Sequence[PricedLine], currency: str) -> str:
    return fingerprint(((line.sku, line.quantity, line.price) for line in lines), currency)


def _place(
    *,
    email: str,
    lines: Sequence[PricedLine],
    currency: str,
    claim: idempotency.Claim | None,
    cart: UUID | None,
) -> CheckedOut:
    try:
        order = place_order(email=email, lines=lines, currency=currency, claim=claim, cart=cart)
    except KeyTaken:
        # A copy of this request was faster: its order is the answer to this one too.
        winner = idempotency.earlier_order(claim) if claim else None
        if winner is None:
            raise
        return CheckedOut(order=winner, created=False)
    return CheckedOut(order=order, created=True)


def _priced(wanted: Sequence[MergedLine]) -> tuple[list[PricedLine], str]:
    """Ask for all prices at once; return the lines and their currency."""
    skus = [line.sku for line in wanted]
    try:
        prices, currency = prices_of(skus)
    except UnknownSku as error:
        raise UnknownLine(_place_of(error.sku, wanted), error.sku) from error
    except NotSaleable as error:
        raise OrderInvalid(_place_of(error.sku, wanted), str(error)) from error
    known_names = names(skus)
    priced = [
        PricedLine(
            sku=line.sku,
            name=known_names.get(line.sku, line.sku),
            quantity=line.quantity,
            price=prices[line.sku].price,
        )
        for line in wanted
    ]
    return priced, currency


def _place_of(sku: str, wanted: Sequence[MergedLine]) -> str:
    """Return the place of a SKU in the request."""
    position = next(line.position for line in wanted if line.sku == sku)
    return f"lines.{position}.sku"


def _checked_email(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise OrderInvalid("email", "this is not an e-mail address") from error
    if len(email) > 254:
        raise OrderInvalid("email", "an e-mail address has at most 254 characters")
    return email
