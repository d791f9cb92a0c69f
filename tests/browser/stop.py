"""A page that there is, and how one visitor gets there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.browser.shop import Shop


@dataclass(frozen=True)
class Stop:
    """A page by its name; `go` leads there and returns when it can be looked at.

    `leave` undoes what others would meet. For the markup of some Django or Swagger answers, not we.
    """

    name: str
    go: Callable[[Shop], object]
    is_ours: bool = True
    leave: Callable[[Shop], object] = lambda _: None

    @contextmanager
    def visited(self, shop: Shop) -> Iterator[None]:
        """Go there for a `with` block."""
        try:
            self.go(shop)
            yield
        finally:
            self.leave(shop)


def at(path: str) -> Callable[[Shop], object]:
    """Lead to an address."""
    return lambda shop: shop.page.goto(path)
