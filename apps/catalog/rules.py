"""Rules for a product that is written; a product that is stored already is shown as it is.

They are the validators of the model. Forms and the admin run these by themselves; `services`
runs them before it writes.
"""

import re
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

SKU_LENGTH = 64
NAME_LENGTH = 255
STOCK_LIMIT = 1_000_000_000
CENT = Decimal("0.01")
PRICE_LIMIT = Decimal("999999999.99")

# A SKU is part of addresses: "/" and ".." would make another one, and "new" is the staff's page
# that adds a product. \Z and not $, which allows a line break at the end.
_SKU = re.compile(r"^(?!new\Z)[A-Za-z0-9][A-Za-z0-9._-]*\Z")

check_sku = RegexValidator(
    _SKU, "Letters, digits, . _ and -, a letter or digit first; and not the word new."
)
_CURRENCY = r"^[A-Z]{3}\Z"
# The same rule as in the messages that carry a currency.
check_currency = RegexValidator(_CURRENCY, "Three capital letters, like GBP.")
check_price = [MinValueValidator(CENT), MaxValueValidator(PRICE_LIMIT)]
check_stock = MaxValueValidator(STOCK_LIMIT)


def is_sku(value: str) -> bool:
    return len(value) <= SKU_LENGTH and _SKU.match(value) is not None


def is_currency(value: str) -> bool:
    return re.match(_CURRENCY, value) is not None


def hinders_sale(price: Decimal, currency: str) -> str:
    """Return why what is stored with these terms cannot be sold; "" if it can."""
    if not is_currency(currency):
        return f"its currency {currency!r} is not three capital letters"
    if not CENT <= price <= PRICE_LIMIT:
        return f"its price {price} is not between {CENT} and {PRICE_LIMIT}"
    return ""
