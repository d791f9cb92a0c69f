"""Prices without responders; `test_checkout_prices.py` asks real ones."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from apps.pricing.client import Price, UnknownSku


class FakePrices(dict[str, str]):
    """SKU → price; counts the look-ups."""

    asked = 0

    def look_up(self, skus: Sequence[str]) -> dict[str, Price]:
        self.asked += 1
        for sku in skus:
            if sku not in self:
                raise UnknownSku(sku)
        return {sku: Price(price=Decimal(self[sku]), currency="GBP") for sku in skus}


@pytest.fixture
def prices(monkeypatch: pytest.MonkeyPatch) -> FakePrices:
    fake = FakePrices(ABC="9.99", XYZ="0.50")
    monkeypatch.setattr("apps.orders.prices.look_up_prices", fake.look_up)
    return fake
