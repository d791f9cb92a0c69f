"""What a product must be to be written, at every door; what is stored already is shown as it is.

The model's validators are these. Forms and the admin ask them by themselves; `services` asks
them before it writes.
"""

import re
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

SKU_LENGTH = 64
NAME_LENGTH = 255
STOCK_LIMIT = 1_000_000_000
CENT = Decimal("0.01")
PRICE_LIMIT = Decimal("999999999.99")

# It is part of addresses: "/" would be another address, ".." the one above, and "new" among the
# staff's pages the one that adds a product. \Z, since $ would let a line break follow.
_SKU = re.compile(r"^(?!new\Z)[A-Za-z0-9][A-Za-z0-9._-]*\Z")

check_sku = RegexValidator(
    _SKU, "Letters, digits, . _ and -, a letter or digit first; and not the word new."
)
# The same as of the messages that carry it.
check_currency = RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, like GBP.")
check_price = [MinValueValidator(CENT), MaxValueValidator(PRICE_LIMIT)]
check_stock = MaxValueValidator(STOCK_LIMIT)


def is_sku(value: str) -> bool:
    return len(value) <= SKU_LENGTH and _SKU.match(value) is not None
