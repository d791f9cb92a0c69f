"""SKU → the price that we charge: read in full at intervals, and changed one by one between."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from apps.pricing.contract import PriceAnswer


class HeldPrice(NamedTuple):
    """A price in memory. Of two prices of one SKU, the one with the higher version is newer."""

    version: int
    answer: PriceAnswer
    as_json: bytes

    @classmethod
    def of(cls, answer: PriceAnswer, version: int) -> "HeldPrice":
        """Return the price with its JSON, so that it is written once and not for each answer."""
        return cls(version, answer, answer.to_json().encode())


class PriceList:
    """The prices of one responder. A thread reads them in full; the event loop changes and asks.

    A full reading may miss the changes that arrive during it, so these are applied to it again.
    """

    def __init__(self) -> None:
        self._held: dict[str, HeldPrice] = {}
        self._changes: dict[str, HeldPrice] = {}
        self._writing = Lock()

    def find(self, sku: str) -> HeldPrice | None:
        return self._held.get(sku)

    def read(self, source: Callable[[], Mapping[str, HeldPrice]]) -> None:
        """Take all prices from `source`; for a price that changed meanwhile, take the newer one."""
        with self._writing:
            self._changes = {}
        prices = dict(source())
        with self._writing:
            for sku, change in self._changes.items():
                prices[sku] = max(prices.get(sku, change), change, key=_version)
            self._held = prices

    def change(self, price: HeldPrice) -> None:
        """Take one new price, unless it is older than the one that we have."""
        sku = price.answer.sku
        with self._writing:
            for prices in (self._changes, self._held):
                prices[sku] = max(prices.get(sku, price), price, key=_version)


def _version(price: HeldPrice) -> int:
    return price.version
