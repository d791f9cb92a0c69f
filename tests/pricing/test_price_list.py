"""The price list that one responder keeps in memory."""

from collections.abc import Mapping
from decimal import Decimal

from apps.pricing.contract import PriceAnswer
from apps.pricing.price_list import HeldPrice, PriceList


def held(sku: str, price: str, version: int) -> HeldPrice:
    return HeldPrice.of(PriceAnswer(sku=sku, price=Decimal(price), currency="GBP"), version)


def price_of(prices: PriceList, sku: str) -> str | None:
    found = prices.find(sku)
    return str(found.answer.price) if found else None


def reading(*prices: HeldPrice) -> Mapping[str, HeldPrice]:
    return {each.answer.sku: each for each in prices}


def test_a_price_that_was_read_is_found() -> None:
    prices = PriceList()
    prices.read(lambda: reading(held("ABC", "9.99", 1)))
    assert price_of(prices, "ABC") == "9.99"
    assert price_of(prices, "XYZ") is None


def test_a_withdrawn_product_is_removed_at_the_next_reading() -> None:
    prices = PriceList()
    prices.read(lambda: reading(held("ABC", "9.99", 1)))
    prices.read(reading)
    assert price_of(prices, "ABC") is None


def test_a_price_change_applies_at_once() -> None:
    prices = PriceList()
    prices.read(lambda: reading(held("ABC", "9.99", 1)))
    prices.change(held("ABC", "8.50", 2))
    prices.change(held("NEW", "1.00", 1))
    assert (price_of(prices, "ABC"), price_of(prices, "NEW")) == ("8.50", "1.00")


def test_the_newer_of_two_changes_wins_in_any_order() -> None:
    prices = PriceList()
    prices.change(held("ABC", "7.00", 3))
    prices.change(held("ABC", "8.50", 2))
    assert price_of(prices, "ABC") == "7.00"


def test_a_change_during_a_reading_replaces_an_older_price() -> None:
    prices = PriceList()

    def read_slowly() -> Mapping[str, HeldPrice]:
        prices.change(held("ABC", "8.50", 2))
        return reading(held("ABC", "9.99", 1))

    prices.read(read_slowly)
    assert price_of(prices, "ABC") == "8.50"


def test_a_newer_price_read_replaces_a_concurrent_change() -> None:
    prices = PriceList()

    def read_slowly() -> Mapping[str, HeldPrice]:
        prices.change(held("ABC", "8.50", 2))
        return reading(held("ABC", "7.00", 3))

    prices.read(read_slowly)
    assert price_of(prices, "ABC") == "7.00"


def test_a_reading_corrects_a_false_change() -> None:
    prices = PriceList()
    prices.change(held("ABC", "0.01", 99))
    prices.read(lambda: reading(held("ABC", "9.99", 1)))
    assert price_of(prices, "ABC") == "9.99"
