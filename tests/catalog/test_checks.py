"""The start-up check of the shop's currency."""

import pytest
from pytest_django.fixtures import Settings

from orders_site.checks.startup import require_valid_settings


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "EU\n"])
def test_a_currency_that_no_product_may_have_ends_the_start(
    settings: Settings, currency: str
) -> None:
    settings.CURRENCY = currency
    with pytest.raises(SystemExit) as ended:
        require_valid_settings()
    (line,) = [each for each in str(ended.value).splitlines() if "catalog.E001" in each]
    assert line.startswith(f"CURRENCY={currency!r} is no currency.")


def test_the_shops_currency_has_no_error() -> None:
    require_valid_settings()
