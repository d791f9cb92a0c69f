"""Faults of a running demo, and how it recovers."""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.acceptance.shop import Shop
from tests.demo.processes import is_running
from tests.demo.running import RunningDemo
from tests.support.silent import stop
from tests.support.waiting import eventually


def kill(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    """End one process and wait until it is gone."""
    os.kill(pid, how)
    eventually(lambda: not is_running(pid), what=f"process {pid} has ended")


@contextmanager
def without_restarts(demo: RunningDemo, shop: Shop) -> Iterator[None]:
    """Pause the supervisor, so that killed processes stay dead; then wait until all are ready."""
    before = standing(demo)
    try:
        with held([demo.process.pid]):
            yield
    finally:
        eventually(
            lambda: standing(demo) == before and shop.is_ready(),
            within=30,
            what=f"all processes are back of {before}",
        )


def standing(demo: RunningDemo) -> Counter[str]:
    """Return how many processes bear which name, without those that live for one picture."""
    return Counter(name for name in demo.members().values() if "decoder" not in name)


@contextmanager
def held(pids: Sequence[int]) -> Iterator[None]:
    """Pause processes, and let them continue at the end."""
    for pid in pids:
        stop(pid)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
