"""Errors of the catalogue, and who must act on each.

CatalogError
├── UnknownProduct the caller: no product with this SKU is for sale
├── SkuTaken       the caller: another product has this SKU
├── OutOfStock     the caller: fewer pieces are left than were asked for
├── StockTooLarge  the caller: a stock is at most a thousand million pieces
├── PriceContested the caller: the price is no longer the one that was to be replaced
├── PriceInvalid   the caller: a price is at least 0.01 and below a thousand million
└── ProductInvalid the caller: a new product breaks one of `rules`
"""

from decimal import Decimal

from apps.catalog.rules import STOCK_LIMIT


class CatalogError(Exception):
    """An error of the catalogue."""


class UnknownProduct(CatalogError):
    """No product with this SKU is for sale."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"no product {sku!r} is for sale")
        self.sku = sku


class SkuTaken(CatalogError):
    """Another product has this SKU."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"there is a product {sku} already")
        self.sku = sku


class OutOfStock(CatalogError):
    """Fewer pieces are left than were asked for."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"not enough of {sku} in stock")
        self.sku = sku


class StockTooLarge(CatalogError):
    """A stock is at most `rules.STOCK_LIMIT` pieces."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"the stock of {sku} would be above {STOCK_LIMIT:,} pieces")
        self.sku = sku


class PriceContested(CatalogError):
    """The price is no longer the one that the caller wanted to replace."""

    def __init__(self, sku: str, price: Decimal) -> None:
        super().__init__(f"the price of {sku} is {price} now")
        self.price = price


class PriceInvalid(CatalogError):
    """A price is at least one hundredth and below a thousand million."""


class ProductInvalid(CatalogError):
    """A new product breaks one of the rules; the message names the field."""
