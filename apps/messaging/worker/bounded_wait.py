"""Requests to servers that may be silent: each waits for a limited time, in at most one thread.

A server that is stopped, or disconnected, does not answer at all. Probes that waited as long as
other work may wait would occupy all threads of `web`.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import Any, NamedTuple

from apps.messaging.worker.threads import begin_in_thread


class Pending(NamedTuple):
    """A request, and the time (`time.monotonic`) since which this caller waits for the answer."""

    answer: Future[Any]
    since: float


class Probe[T]:
    """A request that runs at most once at a time: callers meanwhile get the same answer."""

    def __init__(self, request: Callable[[], T]) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._last: Future[T] | None = None

    def begin(self) -> Pending:
        """Start the request, unless the last one still runs."""
        with self._lock:
            if self._last is None or self._last.done():
                self._last = begin_in_thread(self._request)
            return Pending(self._last, time.monotonic())


class Results(NamedTuple):
    """The answers that came in time, and the problem of each other request."""

    answers: dict[str, Any]
    problems: dict[str, str]


def probe(probes: Mapping[str, Probe[Any]], *, within: float) -> Results:
    """Start all requests at once, and wait at most `within` seconds for all of them."""
    return wait_for(begin(probes), within=within)


def begin(probes: Mapping[str, Probe[Any]]) -> dict[str, Pending]:
    """Start all requests; `wait_for` then collects the answers."""
    return {name: each.begin() for name, each in probes.items()}


def wait_for(pending: Mapping[str, Pending], *, within: float) -> Results:
    """Wait for each request, at most `within` seconds since this caller has asked."""
    results = Results({}, {})
    for name, (future, since) in pending.items():
        wait([future], timeout=max(since + within - time.monotonic(), 0.0))
        if not future.done():
            results.problems[name] = f"no answer within {within:g} s"
        elif isinstance(error := future.exception(), TimeoutError):
            # The request itself timed out just before; its own error text says no more.
            results.problems[name] = f"no answer within {within:g} s"
        elif error:  # Any error is the answer of this part.
            results.problems[name] = str(error) or type(error).__name__
        else:
            results.answers[name] = future.result()
    return results
