"""Customers who order all the time during a fault."""

import threading
from collections.abc import Callable
from uuid import UUID

from django.db import connections

from tests.catalog.products import make_product
from tests.failures.promises import STOCK
from tests.orders.factories import make_order, priced
from tests.support.waiting import eventually


def place_one() -> UUID:
    """Place it as a view does, and return its id."""
    return make_order(priced(quantity=1)).id


class Traffic:
    """Orders of one piece from a thread, until `stop`; `placed` are those so far."""

    def __init__(self, *, every: float = 0.1, place: Callable[[], UUID] = place_one) -> None:
        self._place = place
        self.placed: list[UUID] = []
        self._every = every
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._order)
        self._trouble: list[Exception] = []

    def begin(self) -> None:
        make_product(stock=STOCK)
        self._thread.start()

    def until_more(self, count: int) -> None:
        """Wait until this many more orders were placed."""
        wanted = len(self.placed) + count
        eventually(
            lambda: len(self.placed) >= wanted or self._trouble,
            within=60,
            what=f"{count} more orders",
        )

    def stop(self) -> set[UUID]:
        """Return all orders placed. Raise the error of an order that failed."""
        self._enough.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._trouble:
            raise self._trouble[0]
        return set(self.placed)

    def _order(self) -> None:
        try:
            while not self._enough.wait(self._every):
                self.placed.append(self._place())
        except Exception as error:
            self._trouble.append(error)
        finally:
            connections.close_all()
