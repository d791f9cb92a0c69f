"""Waits until the shop's `/readyz/all` answers 200; prints what is missing meanwhile."""

import sys
import time
from http.client import HTTPConnection, HTTPException

from apps.demo.supervisor.ports import HOST

TELL_EVERY_SECONDS = 5.0
"""Seconds between two reports."""
GIVE_UP_AFTER_SECONDS = 180.0
"""Seconds. After them, something has failed; the log has the reason."""


def wait_until_ready(port: int, *, seconds: float = GIVE_UP_AFTER_SECONDS) -> None:
    """Ask ten times a second, and print the reason every few; exit with it after `seconds`."""
    tell_at, end = time.monotonic() + TELL_EVERY_SECONDS, time.monotonic() + seconds
    while (reason := reason_against(port)) is not None:
        if time.monotonic() >= end:
            sys.exit(f"the shop is not ready after {seconds:g} s: {' '.join(reason.split())}")
        if time.monotonic() >= tell_at:
            sys.stdout.write(f"still waiting: {reason}\n")
            tell_at = time.monotonic() + TELL_EVERY_SECONDS
        time.sleep(0.1)


def reason_against(port: int) -> str | None:
    """Return what is missing, or None if the shop is ready."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz/all")
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        return str(error)
    finally:
        connection.close()
    return None if response.status == 200 else body[:300]


if __name__ == "__main__":
    port, *limit = sys.argv[1:]
    wait_until_ready(int(port), seconds=float(limit[0]) if limit else GIVE_UP_AFTER_SECONDS)
