"""The health of `web`, asked for all the time while a cell runs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from apps.demo.chaos.web import Web

LOOK_EVERY_SECONDS = 0.25


class Health:
    """How `/healthz` answered: `slowest` in seconds, and how many answers were none, or not 200."""

    def __init__(self) -> None:
        self.slowest = 0.0
        self.answers = self.failed = 0

    def is_good(self, *, within: float) -> bool:
        """Return whether there were answers, and each was 200 within so many seconds."""
        return self.answers > 0 and not self.failed and self.slowest <= within

    def ask(self, web: Web) -> None:
        began = time.monotonic()
        try:
            self.answers += 1
            self.failed += web.get("/healthz").status != HTTPStatus.OK
        except OSError:
            self.failed += 1
        self.slowest = max(self.slowest, time.monotonic() - began)


@contextmanager
def watched(web: Web) -> Iterator[Health]:
    """Ask until the end of the block, from a thread of its own."""
    health = Health()
    enough = threading.Event()

    def watch() -> None:
        while not enough.wait(LOOK_EVERY_SECONDS):
            health.ask(web)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield health
    finally:
        enough.set()
        watching.join()
