"""How many lines of the terminal run: a few in each window, some in all, and those about to end."""

import threading
from collections import Counter

MOST = 8
"""Lines that run at a time: a quarter of the server's threads."""
MOST_OF_A_WINDOW = 3
"""A browser opens six connections to a server, and the window's live feed is one of them."""
MOST_ENDING = 16
"""Lines without a window that still wait for a broker, up to `SQS_CALL_SECONDS` and a long poll."""


class TooManyLines(Exception):
    """No further line may run now; the text says why."""


class Places:
    """A line's place is its window's until the window goes, and its own until it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_window: Counter[str] = Counter()
        self._ending = 0

    def take(self, window: str) -> None:
        """Take a place. Raises `TooManyLines`."""
        with self._lock:
            if self._of_window[window] >= MOST_OF_A_WINDOW:
                raise TooManyLines(f"{MOST_OF_A_WINDOW} lines run in this window: end one first.")
            if self._of_window.total() >= MOST:
                raise TooManyLines(f"{MOST} lines run in all windows: wait, or end one.")
            if self._ending >= MOST_ENDING:
                raise TooManyLines(
                    f"{self._ending} lines whose windows have gone wait for a broker: wait."
                )
            self._of_window[window] += 1

    def leave(self, window: str) -> None:
        """Free the window's place: the line goes on to its end without one."""
        with self._lock:
            self._of_window -= Counter([window])
            self._ending += 1

    def free(self, window: str, *, has_left: bool) -> None:
        """Free the place of a line that has ended."""
        with self._lock:
            if has_left:
                self._ending -= 1
            else:
                self._of_window -= Counter([window])

    def taken(self) -> int:
        """Return how many lines there are, those about to end included."""
        return self._of_window.total() + self._ending


PLACES = Places()
