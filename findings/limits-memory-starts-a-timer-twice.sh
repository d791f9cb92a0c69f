#!/usr/bin/env bash
# limits: its memory storage replaces and starts one timer without a lock.
# Of two threads that count at the same moment one gets a RuntimeError instead of an answer.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check limits==5.8.0

timeout 60 python - <<'PYTHON'
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import version

import limits.storage.memory
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

both = threading.Barrier(2)
in_turn = threading.Lock()


class Timer(threading.Timer):
    """Starts happen one after the other, so that only the order of events is at play."""

    def start(self) -> None:
        with in_turn:
            super().start()


class Unlucky(MemoryStorage):
    """The scheduler may switch threads after an assignment; here it always does."""

    @property
    def timer(self) -> Timer:
        return self.__dict__["timer"]

    @timer.setter
    def timer(self, new: Timer) -> None:
        first = "timer" not in self.__dict__
        self.__dict__["timer"] = new
        if not first:
            with suppress(threading.BrokenBarrierError):
                both.wait(5)


def main() -> None:
    print("limits", version("limits"))
    limits.storage.memory.threading.Timer = Timer
    storage = Unlucky()
    storage.timer.join()
    limiter = MovingWindowRateLimiter(storage)

    def hit(visitor: str) -> str:
        try:
            return str(limiter.hit(parse("9/hour"), visitor))
        except RuntimeError as error:
            return f"RuntimeError: {error}"

    with ThreadPoolExecutor(2) as threads:
        seen = sorted(threads.map(hit, ["a", "b"]))
    print("two visitors at once:", seen)
    assert seen == ["RuntimeError: threads can only be started once", "True"], "it changed"


main()
PYTHON
