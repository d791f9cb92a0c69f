"""Member processes: an experiment starts them side by side, reads what they tell, and may kill."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings

from apps.lab.experiments.running import NotRunnable

READY_WITHIN = 60.0
"""Seconds; five at once on a busy machine take half of it."""
STOP_WITHIN = 10.0

type MemberReport = dict[str, Any]
"""A line of a member: `what` it tells of, and more."""


class Member:
    """A process that runs one of the shop's loops, and what it has told so far."""

    def __init__(self, kind: str, name: str, *options: str, **environment: str) -> None:
        self.name = name
        self.told: list[MemberReport] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(  # noqa: S603  words of ours
            [sys.executable, "-m", "apps.lab.member", kind, f"--name={name}", *options],
            cwd=settings.BASE_DIR,
            env=environment_of_ours() | {"PAGES": "false"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        threading.Thread(target=self._listen, name=name, daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def reports_of(self, what: str, **like: Any) -> list[MemberReport]:
        """Return the lines so far that tell of this, and whose fields are so."""
        wanted = {"what": what, **like}.items()
        with self._changed:
            return [told for told in self.told if wanted <= told.items()]

    def wait_until(self, is_so: Callable[[], object], *, within: float) -> bool:
        """Wait for lines until something is so; False where it is not in time, or it died."""
        deadline = time.monotonic() + within
        with self._changed:
            while not is_so():
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    return bool(is_so())
                self._changed.wait(min(left, 0.5))
        return True

    def kill(self) -> None:
        """End it as SIGKILL does, and wait until it is gone."""
        self._process.kill()
        self._process.wait(STOP_WITHIN)

    def stop(self) -> None:
        """Ask it to finish what it has in hand."""
        assert self._process.stdin
        self._process.stdin.close()

    def wait_for_end(self) -> int:
        """Return its exit code; who has not ended in time is killed."""
        try:
            return self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                with self._changed:
                    self.told.append(json.loads(line))
                    self._changed.notify_all()


@contextmanager
def ready(*members: Member) -> Iterator[None]:
    """Wait until all are ready, and end them at the end. Raises `NotRunnable`."""
    try:
        for member in members:
            if not member.wait_until(partial(member.reports_of, "ready"), within=READY_WITHIN):
                raise NotRunnable(f"{member.name} was not ready within {READY_WITHIN:.0f} s.")
        yield
    finally:
        for member in members:
            member.stop()
        for member in members:
            member.wait_for_end()


def environment_of_ours() -> dict[str, str]:
    """As `web` has it, but for the user at NATS, who may do what experiments need."""
    return os.environ | {
        "NATS_URL": settings.LAB_NATS_URL,
        "NATS_INBOX_PREFIX": "_INBOX_lab",
        "LOG_LEVEL": "WARNING",
        "FAILPOINTS": "",
    }
