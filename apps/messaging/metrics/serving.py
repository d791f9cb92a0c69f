"""`/metrics` of a process without a web server: a small one on its own event loop.

It answers one request on each connection, and only a few at once. It has no TLS and no password:
its port belongs on a network that only the scraper reaches.
"""

import asyncio
import logging
import os
import sys
import threading
from contextlib import suppress

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from apps.messaging.metrics import watching
from apps.messaging.metrics.recording import exposition

logger = logging.getLogger(__name__)

AT_ONCE = 4
"""Connections; one more is closed at once."""
SECONDS = 5.0
"""For a request to arrive, and for its answer to leave."""
LONGEST_REQUEST = 8192
"""Bytes of its head."""
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}

_open = 0


async def serve() -> asyncio.Server:
    """Record this process's figures, and answer with them at `METRICS_PORT`.

    Ends the process with one line if it cannot use that port.
    """
    watching.watch()
    host, port = settings.METRICS_HOST, settings.METRICS_PORT
    try:
        server = await asyncio.start_server(_answer, host, port, limit=LONGEST_REQUEST)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        sys.exit(f"METRICS_PORT={port} of {host} cannot be used ({reason}): set it to a free port")
    logger.info("metrics", extra={"host": host, "port": port})
    return server


def serve_in_thread() -> None:
    """Do so in a thread, for a process without an event loop of ours."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve())
    threading.Thread(target=loop.run_forever, name="metrics", daemon=True).start()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global _open
    _open += 1
    try:
        if _open <= AT_ONCE:
            await asyncio.wait_for(_answer_one(reader, writer), SECONDS)
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # The client is silent, gone, or sends too much: it gets no answer.
    finally:
        _open -= 1
        with suppress(OSError):
            writer.close()


async def _answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    status = _status_of(head.split(b"\r\n", 1)[0].split(b" "))
    body = exposition() if status == 200 else f"{_REASONS[status]}\n".encode()
    kind = CONTENT_TYPE_LATEST if status == 200 else "text/plain"
    lines = [
        f"HTTP/1.1 {status} {_REASONS[status]}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


def _status_of(request_line: list[bytes]) -> int:
    match request_line:
        case [method, path, _]:
            if path.partition(b"?")[0] != b"/metrics":
                return 404
            return 200 if method == b"GET" else 405
        case _:
            return 400
