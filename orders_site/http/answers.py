"""Answers of the WSGI application, sent whole or piece by piece."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed

from apps.messaging.hooks.measuring import counted
from apps.messaging.worker.time_limits import at_most
from orders_site.http.problems import problem

STALLED = 30.0
"""Seconds in which a client must receive one piece of a stream."""


class StreamTransport(Protocol):
    """The type of granian's transport, which cannot be imported."""

    async def send_bytes(self, data: bytes) -> None: ...


type Headers = list[tuple[str, str]]
type WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WebAnswer(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes


class Sender:
    """Sends one answer piece by piece, from a thread by way of the server's loop."""

    def __init__(self, proto: HTTPProtocol, loop: asyncio.AbstractEventLoop) -> None:
        self._proto = proto
        self._loop = loop

    def send(self, status: int, headers: Headers, pieces: Iterable[bytes]) -> None:
        """Send them all, or as many as the client takes."""
        transport = self._proto.response_stream(status, headers)
        with suppress(ProtocolClosed, TimeoutError):
            for piece in pieces:
                # granian's awaitable is not a coroutine, and must be made in the loop.
                asyncio.run_coroutine_threadsafe(_send(transport, piece), self._loop).result()


async def _send(transport: StreamTransport, piece: bytes) -> None:
    async with asyncio.timeout(STALLED):
        await transport.send_bytes(piece)


def answer_of(wsgi: WsgiApplication, environ: dict[str, Any], sender: Sender) -> WebAnswer | None:
    """Run the application and return its answer; None if it was a stream, which is then sent."""
    begun: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> None:
        begun.append((int(status.split(" ", 1)[0]), headers))

    what = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    # Not measured here: a path is no label, since there are too many.
    with at_most(settings.LONGEST_TIMES.request, what, figure=""):
        pieces = wsgi(environ, start_response)
    try:
        status, headers = begun[-1]
        in_time = _in_time(pieces, what)
        if not getattr(pieces, "streaming", False):
            return WebAnswer(status, headers, b"".join(in_time))
        sender.send(status, headers, in_time)
        return None
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()


def _in_time(pieces: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Yield each piece; the longest time is for each, since a stream may be open for long."""
    rest = iter(pieces)
    while True:
        with at_most(settings.LONGEST_TIMES.request, what, figure=""):
            piece = next(rest, None)
        if piece is None:
            return
        yield piece


def rejection(status: HTTPStatus, detail: str) -> WebAnswer:
    """Return a problem for a request that does not reach Django; the connection then closes."""
    counted("http_rejected", str(status.value))
    response = problem(status, detail=detail)
    headers = [*response.items(), ("Connection", "close")]
    return WebAnswer(status.value, headers, response.content)
