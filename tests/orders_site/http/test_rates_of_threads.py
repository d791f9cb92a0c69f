"""Threads of one `web` count requests at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Lock, Timer
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from limits.storage import MemoryStorage
from pytest_django.fixtures import Settings

from orders_site.http.request_limits import RequestLimits, limiter

THREADS = 2
TOGETHER_SECONDS = 0.3


@pytest.fixture(autouse=True)
def nothing_counted_yet(settings: Settings) -> Iterator[None]:
    settings.CHECKOUT_RATE = "1/hour"
    limiter.cache_clear()
    yield
    limiter.cache_clear()


class StartedInTurn(Timer):
    """CPython 3.13.0 crashed here once; this one raises."""

    lock = Lock()

    def start(self) -> None:
        with self.lock:
            super().start()


def both_before_either_starts() -> property:
    """A storage's `timer`; each thread that sets it waits for the other one to set it too."""
    both = Barrier(THREADS)

    def set_timer(storage: Any, timer: Timer) -> None:
        first = "timer" not in vars(storage)
        vars(storage)["timer"] = timer
        if not first:
            with suppress(BrokenBarrierError):
                both.wait(TOGETHER_SECONDS)

    return property(lambda storage: vars(storage)["timer"], set_timer)


def test_two_requests_at_once_are_both_counted(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("limits.storage.memory.threading.Timer", StartedInTurn)
    monkeypatch.setattr(MemoryStorage, "timer", both_before_either_starts(), raising=False)
    storage = limiter(settings.RATE_LIMIT_STORAGE).storage
    assert isinstance(storage, MemoryStorage)
    storage.timer.join()  # The next request starts another.
    middleware = RequestLimits(lambda _: HttpResponse())

    def order(_: int) -> int | None:
        request = RequestFactory().post("/api/orders", {}, "application/json")
        request.resolver_match = resolve("/api/orders")
        answer = middleware.process_view(request, None, (), {})
        return answer.status_code if answer else None

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(order, range(THREADS))) == {None, 429}
