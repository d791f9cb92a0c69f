"""Waits until the shop's `/readyz/all` answers 200, and says meanwhile what it is waiting for."""

import sys
import time
from http.client import HTTPConnection, HTTPException

from apps.demo.supervisor.ports import HOST

TELL_EVERY = 5.0
GIVE_UP_AFTER = 180.0
"""Seconds. What has not answered by then has failed: its reason stands in the log."""


def wait_until_ready(port: int, *, seconds: float = GIVE_UP_AFTER) -> None:
    """Ask ten times a second; tell the reason every few seconds, and end by it after so many."""
    tell_at, end = time.monotonic() + TELL_EVERY, time.monotonic() + seconds
    while (reason := reason_against(port)) is not None:
        if time.monotonic() >= end:
            sys.exit(f"the shop is not ready after {seconds:g} s: {' '.join(reason.split())}")
        if time.monotonic() >= tell_at:
            sys.stdout.write(f"still waiting: {reason}\n")
            tell_at = time.monotonic() + TELL_EVERY
        time.sleep(0.1)


def reason_against(port: int) -> str | None:
    """Return what is missing, or None where nothing is."""
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
    wait_until_ready(int(sys.argv[1]))
