"""Changes of the catalogue: new products, new prices, stock taken and returned."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from apps.catalog.errors import (
    OutOfStock,
    PriceContested,
    PriceInvalid,
    ProductInvalid,
    SkuTaken,
    StockTooLarge,
    UnknownProduct,
)
from apps.catalog.events import PriceChanged
from apps.catalog.models import Category, Product
from apps.catalog.rules import CENT, PRICE_LIMIT, STOCK_LIMIT, hinders_sale
from apps.catalog.stock_update import store_stock
from apps.messaging.pubsub import broadcast

logger = logging.getLogger(__name__)

type StockLine = tuple[str, int]
"""SKU and quantity."""


def add_category(*, slug: str, name: str) -> Category:
    """Return the category with this slug; create it as the last one if it is missing."""
    defaults = {"name": name, "position": Category.objects.count()}
    category, _ = Category.objects.get_or_create(slug=slug, defaults=defaults)
    return category


@transaction.atomic
def add_product(
    *,
    sku: str,
    name: str,
    price: Decimal,
    stock: int = 0,
    description: str = "",
    category: Category | None = None,
) -> Product:
    """Put a new product on sale and announce its price.

    Raises `SkuTaken`, `PriceInvalid`, `ProductInvalid`.
    """
    details = {
        "name": name,
        "price": _valid(price),
        "currency": settings.CURRENCY,
        "stock": stock,
        "description": description,
        "category": category,
    }
    check_product(Product(sku=sku, **details))
    product, is_new = Product.objects.get_or_create(sku=sku, defaults=details)
    if not is_new:
        raise SkuTaken(sku)
    announce_price(product)
    logger.info("product added", extra={"sku": sku, "price": str(product.price)})
    return product


@transaction.atomic
def change_price(*, sku: str, price: Decimal, instead_of: Decimal | None = None) -> Product:
    """Set a new price and announce it.

    Raises `UnknownProduct`, `PriceInvalid`, and `PriceContested` if the price is another one than
    `instead_of`, which the caller has seen.
    """
    product = Product.objects.select_for_update().filter(sku=sku).first()
    if product is None:
        raise UnknownProduct(sku)
    new_price = _valid(price)
    if product.price != new_price:
        if instead_of is not None and product.price != instead_of:
            raise PriceContested(sku, product.price)
        product.price = new_price
        product.price_version += 1
        product.save(update_fields=["price", "price_version"])
        if product.is_active:
            announce_price(product)
        logger.info("price changed", extra={"sku": sku, "price": str(new_price)})
    return product


@transaction.atomic
def change_terms(
    *,
    sku: str,
    price: Decimal | None = None,
    instead_of: Decimal | None = None,
    stock_by: int = 0,
) -> None:
    """Set a new price and add `stock_by` pieces to the stock (or take them); both or neither.

    `stock_by` is a difference, so that pieces which orders take meanwhile stay taken. Raises
    `UnknownProduct`, `OutOfStock`, `StockTooLarge`, and the errors of `change_price`.
    """
    if price is not None:
        change_price(sku=sku, price=price, instead_of=instead_of)
    if stock_by < 0:
        take_stock([(sku, -stock_by)])
    elif stock_by:
        room = Product.objects.filter(sku=sku, stock__lte=STOCK_LIMIT - stock_by)
        if (
            not room.update(stock=F("stock") + stock_by)
            and Product.objects.filter(sku=sku).exists()
        ):
            raise StockTooLarge(sku)


def take_stock(lines: Iterable[StockLine]) -> None:
    """Take all lines from the stock, or none. Raises `OutOfStock` for the first SKU that lacks."""
    for shortage in take_stock_for_each({None: list(lines)}).values():
        raise shortage


@transaction.atomic(savepoint=False)
def take_stock_for_each[Key](orders: Mapping[Key, Sequence[StockLine]]) -> dict[Key, OutOfStock]:
    """Take the lines of one order after the other, of each order all or none.

    Returns the orders that lack something, each with its first SKU that lacks.
    """
    stock = _locked(sku for lines in orders.values() for sku, _ in lines)
    shortages = {key: _take(lines, stock) for key, lines in orders.items()}
    store_stock(stock.values())
    return {key: shortage for key, shortage in shortages.items() if shortage}


def _take(lines: Sequence[StockLine], stock: Mapping[str, Product]) -> OutOfStock | None:
    wanted: Counter[str] = Counter()
    for sku, quantity in lines:
        wanted[sku] += quantity
    for sku, quantity in sorted(wanted.items()):
        if sku not in stock or stock[sku].stock < quantity:
            return OutOfStock(sku)
    for sku, quantity in wanted.items():
        stock[sku].stock -= quantity
    return None


@transaction.atomic(savepoint=False)
def return_stock(lines: Sequence[StockLine]) -> None:
    """Add the pieces of each line to the stock, up to `STOCK_LIMIT`: a return never fails."""
    stock = _locked(sku for sku, _ in lines)
    for sku, quantity in lines:
        if product := stock.get(sku):
            # A stock that is above the limit already, from before the rule, stays as it is.
            product.stock = max(product.stock, min(product.stock + quantity, STOCK_LIMIT))
    store_stock(stock.values())


def _locked(skus: Iterable[str]) -> dict[str, Product]:
    """Return SKU and stock of these products, by SKU, locked until the transaction ends."""
    # In the database's order, as Python's may differ ("a" and "B"): with two orders of locking,
    # an order and a cancellation could deadlock.
    locked = Product.objects.select_for_update(no_key=True).filter(sku__in={*skus}).order_by("sku")
    return {product.sku: product for product in locked.only("sku", "stock")}


def check_product(product: Product) -> None:
    """Run the validators of the fields, as a form does. Raises `ProductInvalid`."""
    try:
        product.clean_fields(exclude={"category"})
    except ValidationError as error:
        wrong = (f"{name}: {' '.join(words)}" for name, words in error.message_dict.items())
        raise ProductInvalid(f"product {product.sku!r}: {'; '.join(wrong)}") from error


def announce_price(product: Product) -> None:
    """Broadcast the price after the commit. A responder that misses it reads it at its refresh.

    A price at which it cannot be sold is not broadcast: the message would be invalid.
    """
    if hinders_sale(product.price, product.currency):
        return
    broadcast.announce(
        PriceChanged(
            sku=product.sku,
            price=product.price,
            currency=product.currency,
            version=product.price_version,
        )
    )


def _valid(price: Decimal) -> Decimal:
    if not price.is_finite() or not CENT <= price <= PRICE_LIMIT:
        raise PriceInvalid(f"{price} is not a price from {CENT} to {PRICE_LIMIT}")
    return price.quantize(CENT)
