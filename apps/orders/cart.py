"""The visitor's cart: SKU and quantity, stored in rows of its own until it becomes an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from apps.catalog.queries import Card, cards_of, products_by_sku
from apps.catalog.rules import hinders_sale
from apps.orders import cart_items, idempotency, visitors
from apps.orders.models import Order


@dataclass(frozen=True, kw_only=True)
class CartLine:
    """A product in the cart, at the price of the catalogue."""

    card: Card
    quantity: int

    @property
    def total(self) -> Decimal:
        return self.card.product.price * self.quantity

    @property
    def is_short(self) -> bool:
        return self.quantity > self.card.product.stock

    @property
    def is_saleable(self) -> bool:
        return not hinders_sale(self.card.product.price, self.card.product.currency)


def sums_of(lines: Sequence[CartLine]) -> dict[str, Decimal]:
    """Return currency → the sum of its lines. An order is paid in one currency."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        currency = line.card.product.currency
        sums[currency] = sums.get(currency, Decimal("0.00")) + line.total
    return sums


def can_be_ordered(lines: Sequence[CartLine]) -> bool:
    """Return whether these make one order; the page of the cart says why they do not."""
    return len(sums_of(lines)) == 1 and all(line.is_saleable for line in lines)


class Cart:
    """The cart of a session. It queries only on use, so a visitor without a cart costs no query."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session

    @property
    def id(self) -> UUID | None:
        """The cart's id in its rows: that of its visitor."""
        return visitors.known(self._session)

    @property
    def _quantities(self) -> dict[str, int]:
        return cart_items.quantities(self.id) if self.id else {}

    @property
    def count(self) -> int:
        return sum(self._quantities.values())

    def change(self, sku: str, quantity: int) -> bool:
        """Set the quantity of a product; zero removes it. Return false if it is not in the cart."""
        return self.id is not None and cart_items.change(self.id, sku, quantity)

    def add(self, sku: str, quantity: int) -> bool:
        """Add pieces of a product; return false if only some fitted. Raises `CartFull`."""
        return cart_items.add(visitors.begun(self._session), sku, quantity)

    def lines(self) -> list[CartLine]:
        """Return the lines that are for sale, in the order in which they were added."""
        quantities = self._quantities
        products = products_by_sku(list(quantities))
        cards = cards_of(products[sku] for sku in quantities if sku in products)
        return [CartLine(card=card, quantity=quantities[card.product.sku]) for card in cards]

    def drop_withdrawn(self) -> int:
        """Remove products that are no longer for sale; return how many.

        The items are read again here: an earlier list would miss those added since then.
        """
        kept = self._quantities
        withdrawn = kept.keys() - products_by_sku(list(kept)).keys()
        if withdrawn and self.id:
            cart_items.drop(self.id, withdrawn)
        return len(withdrawn)

    def name_of(self, key: str) -> str:
        """Return the idempotency key of a form with this key; no other visitor's form has it."""
        return f"{self.id}:{key}"

    def order_of(self, key: str) -> Order | None:
        """Return the order that a form sent twice has already placed."""
        # No order has any other key, and PostgreSQL raises an error for one with a NUL.
        is_key = key and key.isprintable()
        return idempotency.order_of(self.name_of(key)) if is_key and self.id else None
