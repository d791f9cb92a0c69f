"""Runs lines of the terminal, each in a thread with an event loop, and passes on what it prints.

A line ends by itself after `LAB_TERMINAL_SECONDS`, or when its window has gone: Ctrl-C closes the
answer, which the server notices at the next write.
"""

import asyncio
import json
import logging
import queue
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from typing import Any

import uvloop
from django.conf import settings
from django.db import connection

from apps.lab.feed.hops import new_trace
from apps.lab.terminal.interpreter import run_line
from apps.lab.terminal.places import PLACES

logger = logging.getLogger(__name__)

EMPTY_EVERY_SECONDS = 0.5
"""Seconds until a silent line writes something: so the server notices a window that has gone."""
MOST_UNSENT = 500
"""Pieces that wait for a slow window; what is printed beyond them is left out."""
TAKEN_WITHIN = 5.0
"""Seconds that the end of a line waits for room."""
FAILED, TIMED_OUT, INTERRUPTED = 1, 124, 130
UNEXPECTED = "(This line met an error of the lab's own; the log of web has its traceback.)"

type Printed = dict[str, Any]
"""One of `say`, a line to print; `set`, a variable; `code`, with which the line has ended."""


def written(piece: Printed) -> bytes:
    """Return a piece as the window reads it."""
    return json.dumps(piece).encode() + b"\n"


class RunningLine:
    """One line, from its start on; iterate over it for what it prints, as lines of JSON."""

    def __init__(self, line: str, variables: Mapping[str, str], *, window: str) -> None:
        """Start it. Raises `TooManyLines`."""
        PLACES.take(window)
        self._window = window
        self._pieces: queue.Queue[Printed] = queue.Queue(MOST_UNSENT)
        self._left_out = 0
        self._lock = threading.Lock()
        self._has_left = self._has_ended = False
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
        """End the line: its window has gone, or Ctrl-C was pressed.

        A call to a broker that does not answer holds the line up, and not the window's next one.
        """
        with self._lock:
            if not (self._has_left or self._has_ended):
                self._has_left = True
                PLACES.leave(self._window)
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
        except Exception:  # Of ours: the window must not wait, nor be left without a word.
            logger.exception("a line of the terminal failed")
            self._put({"say": UNEXPECTED}, within=TAKEN_WITHIN)
        finally:
            self._free_place()
            if self._left_out:
                says = f"({self._left_out:,} lines are left out: the window was too slow.)"
                self._put({"say": says}, within=TAKEN_WITHIN)
            self._put({"code": code}, within=TAKEN_WITHIN)

    def _free_place(self) -> None:
        with self._lock:
            self._has_ended = True
            PLACES.free(self._window, has_left=self._has_left)

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
