"""The live feed as server-sent events: each hop, and the state once a second.

A stream holds one of the server's threads. So their number is limited, and each ends after some
minutes; the browser connects again, with the number of its last hop.
"""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from apps.lab.feed.feed import FEED
from apps.lab.orders.snapshot import SNAPSHOT

MOST = 16
"""Streams: half of the server's threads, so that the shop has the others."""
LONGEST = 600.0
"""Seconds until a stream ends by itself."""
STATE_EVERY_SECONDS = 1.0
GATHER = 0.05
"""Seconds; hops within them are sent together."""
MOST_MISSED = 500
"""Hops that a window gets of those it missed."""

_free = threading.BoundedSemaphore(MOST)


@require_GET
def live(request: HttpRequest) -> HttpResponseBase:
    """Answer with the stream, or 503 if `MOST` are open.

    `after`, or `Last-Event-ID`, is the number of the last hop that the window has.
    """
    if not _free.acquire(blocking=False):
        busy = HttpResponse("too many windows are open", status=503, content_type="text/plain")
        busy["Retry-After"] = "10"
        return busy
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    response = StreamingHttpResponse(_Events(_number(last)))
    response["Content-Type"] = "text/event-stream"
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 20 else None


class _Events:
    """The events of one window; the server calls `close`, also before the first event."""

    def __init__(self, after: int | None) -> None:
        self._after = FEED.newest() if after is None else after
        self._events = self._run()
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            _free.release()

    def _run(self) -> Iterator[bytes]:
        # A stream does not use the database: it must not hold a connection for ten minutes.
        connection.close()
        ends, state_due = time.monotonic() + LONGEST, 0.0
        yield b"retry: 2000\n\n"
        while self._is_open and time.monotonic() < ends:
            if time.monotonic() >= state_due:
                state_due = time.monotonic() + STATE_EVERY_SECONDS
                # Also a heartbeat: only a write shows that the window is closed.
                yield _event("state", SNAPSHOT.current())
            if hops := FEED.after(self._after, timeout=max(0.0, state_due - time.monotonic())):
                self._after = hops[-1]["n"]
                yield b"".join(_event("hop", hop, id=hop["n"]) for hop in hops[-MOST_MISSED:])
                time.sleep(GATHER)


def _event(name: str, data: Any, *, id: int | None = None) -> bytes:
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()
