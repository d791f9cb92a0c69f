"""Customers: they buy, cancel now and then, and retry a request without an answer."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from apps.demo.chaos.web import PageAnswer, Web

AT_ONCE = 4
PATIENCE_SECONDS = 40.0
_AGAIN = {429, 502, 503, 504}
"""Status codes to retry: too many requests, or a part is away; no order was placed."""


class NoAnswer(Exception):
    """The shop has not answered within `patience` seconds, retries included."""


class Customers:
    """`orders` has all that they have ordered: id → the first answer."""

    def __init__(
        self, web: Web, *, at_once: int = AT_ONCE, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._at_once = at_once
        self._patience = patience
        self.orders: dict[str, dict] = {}
        self.asked_again = 0
        self._web = web
        self._random = random.Random(7)
        goods = web.get("/api/products?limit=100").body["items"]
        self.stock = {item["sku"]: item["stock"] for item in goods}
        by_stock = sorted(self.stock, key=lambda sku: self.stock[sku])
        self._scarce, self._plenty = by_stock[:2], by_stock[-8:]

    def buy(self, count: int, *, rate: float, cancel_every: int = 0) -> list[str]:
        """Place `count` orders, about `rate` a second; return their ids."""
        began = time.monotonic()

        def one(number: int) -> str:
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            order = self._place()
            if cancel_every and number % cancel_every == 0:
                self._cancel(order)
            return order

        with ThreadPoolExecutor(self._at_once) as threads:
            return list(threads.map(one, range(count)))

    def look_at(self, orders: Sequence[str]) -> list[dict]:
        """Return the orders as the shop shows them now."""

        def one(order: str) -> dict:
            found: dict = self._ask(lambda: self._web.get(f"/api/orders/{order}")).body
            return found

        with ThreadPoolExecutor(self._at_once) as threads:
            return list(threads.map(one, orders))

    def have_ended(self, orders: Sequence[str]) -> bool:
        """Return whether all have ended; looks from the newest on, until one has not."""
        return all(self.look_at([order])[0]["status"] != "placed" for order in reversed(orders))

    def _place(self) -> str:
        key = str(uuid.uuid4())
        order = {"email": "prove@example.com", "lines": self._lines()}
        answer = self._ask(lambda: self._web.post("/api/orders", order, key=key))
        if answer.status not in (200, 201):
            raise NoAnswer(f"{answer.status} {answer.body}")
        self.orders[answer.body["id"]] = answer.body
        return str(answer.body["id"])

    def _cancel(self, order: str) -> None:
        path, token = f"/api/orders/{order}/cancel", self.orders[order]["token"]
        self._ask(lambda: self._web.post(path, token=token))

    def _lines(self) -> list[dict]:
        """Return one or two pieces of plentiful products; sometimes five of a scarce one."""
        wanted: Counter[str] = Counter()
        for sku in self._random.sample(self._plenty, self._random.randint(1, 3)):
            wanted[sku] = self._random.randint(1, 2)
        if self._random.random() < 0.1:
            wanted[self._random.choice(self._scarce)] = 5
        return [{"sku": sku, "quantity": quantity} for sku, quantity in wanted.items()]

    def _ask(self, request: Callable[[], PageAnswer]) -> PageAnswer:
        """Retry until there is an answer; with the same key it is the same order."""
        give_up = time.monotonic() + self._patience
        while True:
            try:
                answer = request()
            except OSError as error:
                trouble = str(error)
            else:
                if answer.status not in _AGAIN:
                    return answer
                trouble = f"{answer.status} {answer.body}"
            if time.monotonic() > give_up:
                raise NoAnswer(trouble)
            self.asked_again += 1
            time.sleep(0.3)
