"""The visitor's cart: SKU and quantity, kept in the session until it becomes an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from apps.catalog.queries import Card, cards_of, products_by_sku
from apps.orders.lines import MAX_LINES, MAX_QUANTITY

CART = "cart"
PLACED = "placed"


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


def sums_of(lines: Sequence[CartLine]) -> dict[str, Decimal]:
    """Return currency → what the lines cost in it. One order is paid in one of them."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        currency = line.card.product.currency
        sums[currency] = sums.get(currency, Decimal("0.00")) + line.total
    return sums


class Cart:
    """Reads its session only when asked, so that a page without the cart costs no query."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session

    @property
    def _quantities(self) -> dict[str, int]:
        quantities: dict[str, int] = self._session.get(CART, {})
        return quantities

    @property
    def count(self) -> int:
        return sum(self._quantities.values())

    def has_room_for(self, sku: str) -> bool:
        """An order has so many lines and no more."""
        return sku in self._quantities or len(self._quantities) < MAX_LINES

    def put(self, sku: str, quantity: int) -> None:
        """Have that many of it; none takes it out."""
        kept = {**self._quantities, sku: min(quantity, MAX_QUANTITY)}
        self._session[CART] = {sku: count for sku, count in kept.items() if count > 0}

    def add(self, sku: str, quantity: int) -> None:
        self.put(sku, self._quantities.get(sku, 0) + quantity)

    def lines(self) -> list[CartLine]:
        """Return what is for sale of it, in the order in which it was put in."""
        quantities = self._quantities
        products = products_by_sku(list(quantities))
        cards = cards_of(products[sku] for sku in quantities if sku in products)
        return [CartLine(card=card, quantity=quantities[card.product.sku]) for card in cards]

    def drop_all_but(self, lines: Sequence[CartLine]) -> int:
        """Take out what is no longer for sale; return how many products that were."""
        kept = {line.card.product.sku for line in lines}
        withdrawn = [sku for sku in self._quantities if sku not in kept]
        for sku in withdrawn:
            self.put(sku, 0)
        return len(withdrawn)

    def became(self, order_id: UUID, *, key: str) -> None:
        """Empty it: it is an order now, placed by the form that bears this key."""
        self._session.pop(CART, None)
        self._session[PLACED] = [key, str(order_id)]

    def order_of(self, key: str) -> str | None:
        """Return the order that a form sent twice has already placed."""
        placed_key, order_id = self._session.get(PLACED, ("", ""))
        return order_id if key and key == placed_key else None
