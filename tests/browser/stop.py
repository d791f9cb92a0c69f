"""A page that there is, and how one visitor gets there."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.shop import Shop


@dataclass(frozen=True)
class Stop:
    """A page by its name; `go` leads there and returns when it can be looked at.

    For the markup of some Django or Swagger answers, not we.
    """

    name: str
    go: Callable[[Shop], object]
    is_ours: bool = True


def at(path: str) -> Callable[[Shop], object]:
    """Lead to an address."""
    return lambda shop: shop.page.goto(path)
