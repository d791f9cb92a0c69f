"""Receives the body of a request within a time limit, before the request takes a thread.

A body that the shop rejects by its headers is not read: the application sees its length, and
answers.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from typing import IO

from django.conf import settings
from django.urls import Resolver404, resolve
from granian.rsgi import HTTPProtocol, Scope

from orders_site.http.body_headers import SAFE
from orders_site.http.callers import customer_of
from orders_site.http.request_limits import most_bytes
from orders_site.http.wsgi_environ import environ_of

SLOWEST = 64 * 1024
"""Bytes per second: a body may take its size divided by this longer than `BODY_SECONDS`."""
LARGE_AT_ONCE = 4
"""Photos that may arrive at a time; each takes up to `PHOTO_MAX_BYTES` of memory."""
LARGE_OF_ONE = 2
"""Of one customer: who is signed in is not known yet, and none may keep out all others."""

_arriving: Counter[str] = Counter()
"""Customer → photos; only the event loop's thread changes it."""


class BodyTooSlow(Exception):
    """The body did not arrive in time."""


class NoPlace(Exception):
    """Too many photos arrive at once."""


async def body_of(scope: Scope, proto: HTTPProtocol, path: str) -> IO[bytes]:
    """Return the body as a file, empty if it is not read. Raises `BodyTooSlow`, `NoPlace`."""
    text = scope.headers.get("content-length", "")
    if not (text.isascii() and text.isdigit()):
        return await _first_of(proto) if _may_have_one(scope) else BytesIO()
    length = int(text)
    small = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length == 0 or (length > small and length > _most(path)):
        return BytesIO()
    if length <= small:
        return await _whole(proto, length)
    with _place_for(customer_of(environ_of(scope, prefix="", path=path, body=BytesIO()))):
        return await _whole(proto, length)


@contextmanager
def _place_for(customer: str) -> Iterator[None]:
    for arriving, most in ((_arriving.total(), LARGE_AT_ONCE), (_arriving[customer], LARGE_OF_ONE)):
        if arriving >= most:
            raise NoPlace(f"{arriving} photos are arriving already; please try again in a moment")
    _arriving[customer] += 1
    try:
        yield
    finally:
        _arriving[customer] -= 1
        if not _arriving[customer]:
            del _arriving[customer]


def _may_have_one(scope: Scope) -> bool:
    """Return whether a request without a length may have a body: HTTP/2 has no header for it."""
    return scope.http_version.startswith("2") and scope.method not in SAFE


def _most(path: str) -> int:
    try:
        return most_bytes(resolve(path).view_name)
    except Resolver404:
        return 0


async def _first_of(proto: HTTPProtocol) -> IO[bytes]:
    """Return the first piece: the shop rejects a body without a length if it has a byte."""
    body = BytesIO()
    async with _within(settings.BODY_SECONDS):
        async for piece in proto:
            body.write(piece)
            if piece:
                break
    body.seek(0)
    return body


async def _whole(proto: HTTPProtocol, length: int) -> IO[bytes]:
    async with _within(settings.BODY_SECONDS + length / SLOWEST):
        # Not piece by piece: granian (2.8) would then leave an abandoned connection open.
        return BytesIO(await proto())


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise BodyTooSlow(f"the body did not arrive within {seconds:.0f} s") from None
