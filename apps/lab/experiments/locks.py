"""Locks for experiments that use the same thing, so that each counts its own messages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apps.lab.experiments.running import NotRunnable, Running

FREE_WITHIN_SECONDS = 90.0
"""Seconds."""


class ExperimentLock:
    """One experiment at a time in this process; experiments run in one process."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    @contextmanager
    def held_by(self, running: Running) -> Iterator[None]:
        """Hold the lock for a run. Raises `NotRunnable` if it is not free in time."""
        if not self._free.acquire(blocking=False):
            running.say("Another experiment uses the same; this one waits for it.")
            if not self._free.acquire(timeout=FREE_WITHIN_SECONDS):
                raise NotRunnable(
                    f"The other experiment has not ended within {FREE_WITHIN_SECONDS:.0f} s."
                )
        try:
            yield
        finally:
            self._free.release()


SHOP_LOCK = ExperimentLock()
"""Experiments with an order: a worker that is killed delays its other messages too."""
STREAM_LOCK = ExperimentLock()
"""Experiments that read the stream LAB: two readers would share its messages."""
QUEUE_LOCK = ExperimentLock()
"""Experiments that receive from the queue `lab`: two would share its messages."""
