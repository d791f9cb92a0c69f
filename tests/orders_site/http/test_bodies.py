"""A body that does not come: it is given up, and takes no thread meanwhile."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import IO, Any, cast

import pytest
from granian.rsgi import HTTPProtocol
from pytest_django.fixtures import Settings

from orders_site.http import bodies
from orders_site.http.bodies import LARGE_AT_ONCE, LARGE_OF_ONE, BodyTooSlow, NoPlace, body_of
from orders_site.http.server import THREADS, Server

LONG_ENOUGH = 10.0
"""Seconds within which everything here is over."""


class Proto:
    """Delivers a body, or none for ever, and keeps the status of the answer."""

    def __init__(self, body: bytes | None) -> None:
        self.status = 0
        self._body = body

    async def __call__(self) -> bytes:
        if self._body is None:
            await asyncio.Event().wait()
        return self._body or b""

    def response_bytes(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.status = status


def scope(*, length: int, path: str = "/tea", client: str = "127.0.0.1:9") -> Any:
    return SimpleNamespace(
        method="POST",
        path=path,
        query_string="",
        server="127.0.0.1:8000",
        client=client,
        scheme="http",
        http_version="1.1",
        authority=None,
        headers={"content-length": str(length), "host": "localhost"},
    )


def _not_here(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("404 Not Found", [])
    return [b""]


def as_granians(proto: Proto) -> HTTPProtocol:
    return cast("HTTPProtocol", proto)


def test_a_body_is_passed_on_as_a_file() -> None:
    body = asyncio.run(body_of(scope(length=3), as_granians(Proto(b"tea")), "/tea"))
    assert body.read() == b"tea"


def test_a_body_that_never_arrives_is_given_up(settings: Settings) -> None:
    settings.BODY_SECONDS = 0.05
    awaited = body_of(scope(length=3), as_granians(Proto(None)), "/tea")
    with pytest.raises(BodyTooSlow, match="did not arrive within"):
        asyncio.run(asyncio.wait_for(awaited, LONG_ENOUGH))


def test_one_customer_does_not_take_every_place_for_photos(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_most", lambda path: 10**7)
    settings.BODY_SECONDS = LONG_ENOUGH

    async def arrive() -> None:
        def body(client: str, proto: Proto) -> asyncio.Future[IO[bytes]]:
            asked = scope(length=10**6, client=client)
            return asyncio.ensure_future(body_of(asked, as_granians(proto), "/tea"))

        slow = [body("203.0.113.7:1", Proto(None)) for _ in range(LARGE_AT_ONCE)]
        for one_more in slow[LARGE_OF_ONE:]:
            with pytest.raises(NoPlace):
                await one_more
        assert (await body("203.0.113.8:1", Proto(b"tea"))).read() == b"tea"
        for each in slow[:LARGE_OF_ONE]:
            assert not each.done()
            each.cancel()
        await asyncio.wait(slow)
        assert (await body("203.0.113.7:2", Proto(b"tea"))).read() == b"tea"

    asyncio.run(asyncio.wait_for(arrive(), LONG_ENOUGH))


def test_a_slow_body_takes_no_thread_and_gets_408(settings: Settings) -> None:
    """More than there are threads wait for their bodies, and one that is there is answered."""
    settings.BODY_SECONDS = 2.0

    async def answer_all() -> tuple[list[int], list[int]]:
        server = Server(_not_here)
        late = [Proto(None) for _ in range(3 * THREADS)]
        awaited = [
            asyncio.ensure_future(server.__rsgi__(scope(length=3), as_granians(each)))
            for each in late
        ]
        there = Proto(b"tea")
        await server.__rsgi__(scope(length=3), as_granians(there))
        meanwhile = [there.status, *{each.status for each in late}]
        await asyncio.gather(*awaited)
        return meanwhile, [each.status for each in late]

    meanwhile, at_last = asyncio.run(answer_all())
    assert meanwhile == [404, 0]
    assert at_last == [408] * (3 * THREADS)
