"""Experiments that share a thing take turns, so that what each counts is its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apps.lab.experiments.running import NotRunnable, Running

TURN_WITHIN = 90.0


class Turn:
    """One at a time in this process, and experiments are run in one."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    @contextmanager
    def of(self, running: Running) -> Iterator[None]:
        """Wait for it. Raises `NotRunnable` where it does not come."""
        if not self._free.acquire(blocking=False):
            running.say("Another experiment needs the same; this one waits for its end.")
            if not self._free.acquire(timeout=TURN_WITHIN):
                raise NotRunnable(f"The other one was not done within {TURN_WITHIN:.0f} s.")
        try:
            yield
        finally:
            self._free.release()


AT_THE_SHOP = Turn()
"""Those that follow an order: where a worker is killed, what others have in hand is late too."""
AT_THE_STREAM = Turn()
"""Those with a reader of the stream LAB: two of them would share its messages."""
AT_THE_QUEUE = Turn()
"""Those that receive from the queue `lab`: what they receive is to be theirs."""
