"""Member processes: an experiment starts several, reads their reports, and may kill them."""

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

READY_WITHIN_SECONDS = 60.0
"""Seconds; five members on a busy machine take half of it."""
STOP_WITHIN_SECONDS = 10.0

type MemberReport = dict[str, Any]
"""A line of a member: `what` it reports, and more."""


class Member:
    """A process that runs one of the shop's loops, and its reports so far."""

    def __init__(self, kind: str, name: str, *options: str, **environment: str) -> None:
        self.name = name
        self._reports: list[MemberReport] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(  # noqa: S603  our own words
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
        """Return the reports of `what` so far whose fields have these values."""
        wanted = {"what": what, **like}.items()
        with self._changed:
            return [report for report in self._reports if wanted <= report.items()]

    def wait_until(self, is_so: Callable[[], object], *, within: float) -> bool:
        """Wait until `is_so`, checked at each report; False if it is not in time, or it died."""
        deadline = time.monotonic() + within
        with self._changed:
            while not is_so():
                left = deadline - time.monotonic()
                if left <= 0 or self._process.poll() is not None:
                    return bool(is_so())
                self._changed.wait(min(left, 0.5))
        return True

    def kill(self) -> None:
        """Send SIGKILL, and wait until it has ended."""
        self._process.kill()
        self._process.wait(STOP_WITHIN_SECONDS)

    def stop(self) -> None:
        """Ask it to finish its messages in flight, and end."""
        assert self._process.stdin
        self._process.stdin.close()

    def wait_for_end(self) -> int:
        """Return its exit code; kill it if it has not ended in time."""
        try:
            return self._process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                with self._changed:
                    self._reports.append(json.loads(line))
                    self._changed.notify_all()


@contextmanager
def ready(*members: Member) -> Iterator[None]:
    """Wait until all members are ready, and end them afterwards. Raises `NotRunnable`."""
    try:
        for member in members:
            if not member.wait_until(
                partial(member.reports_of, "ready"), within=READY_WITHIN_SECONDS
            ):
                raise NotRunnable(
                    f"{member.name} was not ready within {READY_WITHIN_SECONDS:.0f} s."
                )
        yield
    finally:
        for member in members:
            member.stop()
        for member in members:
            member.wait_for_end()


def environment_of_ours() -> dict[str, str]:
    """Return `web`'s environment, with the NATS user of the lab."""
    return os.environ | {
        "NATS_URL": settings.LAB_NATS_URL,
        "NATS_INBOX_PREFIX": "_INBOX_lab",
        "LOG_LEVEL": "WARNING",
        "FAILPOINTS": "",
    }
