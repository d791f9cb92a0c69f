"""Kills processes and cuts the cable at random moments while customers buy."""

import itertools
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from apps.demo.chaos.photos import Photos
from apps.demo.chaos.shop import RunningShop
from tests.cable.cable import Cable
from tests.cable.servers import pid_file

BETWEEN_KILLS = (0.5, 2.5)
BETWEEN_FAULTS = (6.0, 14.0)
"""Seconds in which the cable is well."""
FAULT_LASTS = (2.0, 12.0)
SERVERS = ("nats-server", "moto")
A_PHOTO_EVERY = 12
"""Kills."""


class Saboteur:
    """Injects faults; `done` counts them."""

    def __init__(self, shop: RunningShop, cable: Cable, photos: Photos) -> None:
        self.done: Counter[str] = Counter()
        self._shop, self._cable, self._photos = shop, cable, photos
        self._over = threading.Event()
        self._random = random.Random(11)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill, cut and slow down; at the end everything is repaired, and recovers by itself."""
        threads = [threading.Thread(target=each) for each in (self._kill, self._cut_and_slow)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _kill(self) -> None:
        targets = [*settings.WORKERS, "web", *SERVERS]
        while not self._over.wait(self._random.uniform(*BETWEEN_KILLS)):
            target = self._random.choice(targets)
            self.done["kills"] += self._kill_one(target)
            if self.done["kills"] % A_PHOTO_EVERY == 0:
                self._add_photo()
        connection.close()

    def _kill_one(self, target: str) -> bool:
        if target not in SERVERS:
            name = target if target == "web" else f"workers.{target}"
            return self._shop.kill(name, place=self._random.randrange(10))
        with suppress(ProcessLookupError):
            os.kill(int(pid_file(settings.DEMO_DIR, target).read_text()), signal.SIGKILL)
            return True
        return False

    def _add_photo(self) -> None:
        """The photo is this process's to add, and the way to the database may be cut just now."""
        try:
            self._photos.add()
        except (DatabaseError, InterfaceError):
            self.done["photos refused"] += 1
            connection.close()

    def _cut_and_slow(self) -> None:
        faults = itertools.cycle([("cuts", self._cable.cut), ("times slow", self._cable.slow)])
        while not self._over.wait(self._random.uniform(*BETWEEN_FAULTS)):
            name, fault = next(faults)
            with fault():
                self._over.wait(self._random.uniform(*FAULT_LASTS))
            self.done[name] += 1
