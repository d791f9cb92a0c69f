"""Runs lines of the terminal, each in a thread with an event loop, and passes on what it prints.

A line ends by itself after `LAB_TERMINAL_SECONDS`, or when its window has gone: Ctrl-C closes the
answer, which the server notices at the next write.
"""

import asyncio
import json
import queue
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from typing import Any

import uvloop
from django.conf import settings
from django.db import connection

from apps.lab.feed.hops import new_trace
from apps.lab.terminal.interpreter import run_line

MOST = 8
"""Lines that run at a time: a quarter of the server's threads."""
MOST_OF_A_WINDOW = 3
"""A browser opens six connections to a server, and the window's live feed is one of them."""
EMPTY_EVERY_SECONDS = 0.5
"""Seconds until a silent line writes something: so the server notices a window that has gone."""
MOST_UNSENT = 500
"""Pieces that wait for a slow window; what is printed beyond them is left out."""
TAKEN_WITHIN = 5.0
"""Seconds that the end of a line waits for room."""
FAILED, TIMED_OUT, INTERRUPTED = 1, 124, 130

type Printed = dict[str, Any]
"""One of `say`, a line to print; `set`, a variable; `code`, with which the line has ended."""


def written(piece: Printed) -> bytes:
    """Return a piece as the window reads it."""
    return json.dumps(piece).encode() + b"\n"


class TooManyLines(Exception):
    """No further line may run now; the text says why."""


class Places:
    """How many lines run, in all and of each window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_window: Counter[str] = Counter()

    def take(self, window: str) -> None:
        """Take a place. Raises `TooManyLines`."""
        with self._lock:
            if self._of_window[window] >= MOST_OF_A_WINDOW:
                raise TooManyLines(f"{MOST_OF_A_WINDOW} lines run in this window: end one first.")
            if self._of_window.total() >= MOST:
                raise TooManyLines(f"{MOST} lines run in all windows: wait, or end one.")
            self._of_window[window] += 1

    def free(self, window: str) -> None:
        with self._lock:
            self._of_window -= Counter([window])

    def taken(self) -> int:
        return self._of_window.total()


PLACES = Places()


class RunningLine:
    """One line, from its start on; iterate over it for what it prints, as lines of JSON."""

    def __init__(self, line: str, variables: Mapping[str, str], *, window: str) -> None:
        """Start it. Raises `TooManyLines`."""
        PLACES.take(window)
        self._window = window
        self._pieces: queue.Queue[Printed] = queue.Queue(MOST_UNSENT)
        self._left_out = 0
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._loop = self._runner.get_loop()
        self._interrupted = asyncio.Event()
        work = run_line(line, variables, self)
        threading.Thread(target=self._run, args=[work], name="terminal", daemon=True).start()

    def say(self, text: str = "") -> None:
        """Print a line of text."""
        if not self._put({"say": text}):
            self._left_out += 1

    def set(self, name: str, value: str) -> None:
        """Set a variable for later lines."""
        self._put({"set": {name: value}})

    def close(self) -> None:
        """End the line: its window has gone, or Ctrl-C was pressed."""
        with suppress(RuntimeError):  # It has ended already.
            self._loop.call_soon_threadsafe(self._interrupted.set)

    def __iter__(self) -> Iterator[bytes]:
        # A line does not use the database: it must not hold a connection for minutes.
        connection.close()
        while True:
            try:
                piece = self._pieces.get(timeout=EMPTY_EVERY_SECONDS)
            except queue.Empty:
                piece = {}
            yield written(piece)
            if "code" in piece:
                return

    def _put(self, piece: Printed, *, within: float = 0.0) -> bool:
        """Hand a piece to the window; return whether there was room for it within the seconds."""
        try:
            self._pieces.put(piece, block=within > 0, timeout=within or None)
        except queue.Full:
            return False
        return True

    def _run(self, work: Coroutine[Any, Any, int]) -> None:
        code = FAILED
        try:
            with self._runner:
                code = self._runner.run(self._until_it_ends(work))
        finally:
            # Also after an error of ours, which Python then logs: the window must not wait.
            PLACES.free(self._window)
            if self._left_out:
                says = f"({self._left_out:,} lines are left out: the window was too slow.)"
                self._put({"say": says}, within=TAKEN_WITHIN)
            self._put({"code": code}, within=TAKEN_WITHIN)

    async def _until_it_ends(self, work: Coroutine[Any, Any, int]) -> int:
        with new_trace():
            line = asyncio.create_task(work)
        interrupted = asyncio.create_task(self._interrupted.wait())
        longest = settings.LAB_TERMINAL_SECONDS
        both: set[asyncio.Future[Any]] = {line, interrupted}
        done, _ = await asyncio.wait(both, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
        interrupted.cancel()
        if line in done:
            return line.result()
        line.cancel()
        await asyncio.wait({line})
        if interrupted in done:
            return INTERRUPTED
        self.say(f"(Ended after {longest:g} s, the longest time of a line here.)")
        return TIMED_OUT
