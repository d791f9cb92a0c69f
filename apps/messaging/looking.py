"""Looks at what may be silent: whoever looks waits for a moment, and takes no more than one thread.

A server that is stopped, or behind a cable that is cut, answers nothing at all; a probe that
waited as long as the work may wait would hold one thread of `web` after the other.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, NamedTuple

from apps.messaging.blocking import begin_in_thread


class Look[T]:
    """A question that is under way once at most: who asks meanwhile gets the same answer."""

    def __init__(self, ask: Callable[..., T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._last: Future[T] | None = None

    def begin(self, *about: object) -> Future[T]:
        """Ask about this, unless the last one to ask still waits."""
        with self._lock:
            if self._last is None or self._last.done():
                self._last = begin_in_thread(partial(self._ask, *about))
            return self._last


class Seen(NamedTuple):
    """What was answered in time, and for all others why not."""

    answers: dict[str, Any]
    problems: dict[str, str]


def look(looks: Mapping[str, Look[Any]], *, within: float) -> Seen:
    """Ask all at once, and wait so many seconds for them together."""
    return wait_for({name: each.begin() for name, each in looks.items()}, within=within)


def wait_for(begun: Mapping[str, Future[Any]], *, within: float) -> Seen:
    """Wait so many seconds for what was asked."""
    wait(begun.values(), timeout=within)
    seen = Seen({}, {})
    for name, future in begun.items():
        if not future.done():
            seen.problems[name] = f"no answer within {within:g} s"
        elif isinstance(error := future.exception(), TimeoutError):
            # It gave up a moment before we did; a library's own word for that tells nobody more.
            seen.problems[name] = f"no answer within {within:g} s"
        elif error:  # Whatever it is, it is the answer to the question.
            seen.problems[name] = str(error) or type(error).__name__
        else:
            seen.answers[name] = future.result()
    return seen
