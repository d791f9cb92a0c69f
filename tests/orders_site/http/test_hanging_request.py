"""A request that hangs ends `web`; one that only waits for the database does not."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.handling import watchdog
from apps.messaging.handling.watchdog import EXIT_CODE
from apps.messaging.worker.time_limits import overdue
from orders_site.http import hanging
from orders_site.http.answers import Sender, answer_of
from orders_site.http.hanging import LOOKS, end_if_one_hangs
from orders_site.http.server import MOST_WAITING, THREADS, Server
from tests.orders_site.http.test_bodies import Proto, as_granians, scope
from tests.support.waiting import eventually

LONG_ENOUGH = 20.0
"""Seconds within which everything here is over."""


class Ended(Exception):
    """Raised in place of the end of the process."""


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def leave(code: int) -> NoReturn:
        raise Ended(code)

    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, request=0.01)
    monkeypatch.setattr(watchdog, "leave", leave)
    monkeypatch.setattr(watchdog, "still_there", lambda: None)
    monkeypatch.setattr(watchdog, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(hanging, "cannot_serve", dict)


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def waiting_page(go_on: threading.Event) -> Callable[..., list[bytes]]:
    """Return an application whose page waits for `go_on`."""

    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        go_on.wait()
        return [b"tea"]

    return page


@contextmanager
def late_request(go_on: threading.Event) -> Iterator[None]:
    """Answer a request in a thread; it is too late when the block begins."""
    asked: Any = {"REQUEST_METHOD": "GET", "PATH_INFO": "/tea"}
    thread = threading.Thread(target=answer_of, args=(waiting_page(go_on), asked, None))
    thread.start()
    try:
        eventually(overdue)
        yield
    finally:
        go_on.set()
        thread.join()


async def finish_at_once(hanging: int) -> None:
    assert hanging == 1


def watch() -> None:
    asyncio.run(asyncio.wait_for(end_if_one_hangs(finish_at_once), LONG_ENOUGH))


def test_a_hanging_request_ends_web_and_its_stack_is_logged(
    go_on: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    with late_request(go_on), pytest.raises(Ended, match=str(EXIT_CODE)):
        watch()
    record = next(each for each in caplog.records if each.message == "hangs, the process ends")
    assert vars(record)["what"] == "GET /tea"
    assert "in page" in vars(record)["stack"]


def test_a_request_that_waits_for_the_database_ends_nothing(
    go_on: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def silent_at_first() -> dict[str, str]:
        nonlocal asked
        asked += 1
        if asked == 2 * LOOKS:
            # The database is back: the request continues, and is done by the last look.
            go_on.set()
            eventually(lambda: not overdue())
        return {"database": "no answer"} if asked < 2 * LOOKS else {}

    monkeypatch.setattr(hanging, "cannot_serve", silent_at_first)

    async def watch_until_done() -> None:
        watching = asyncio.create_task(end_if_one_hangs(finish_at_once))
        async with asyncio.timeout(LONG_ENOUGH):
            while overdue() and not watching.done():
                await asyncio.sleep(0.01)
        assert not watching.done()
        watching.cancel()

    with late_request(go_on):
        asyncio.run(watch_until_done())
    assert asked >= 2 * LOOKS


def test_a_stopping_web_finishes_its_requests_and_accepts_no_new_ones(
    go_on: threading.Event,
) -> None:
    async def serve() -> list[int]:
        server = Server(waiting_page(go_on))
        begun, new = Proto(b""), Proto(b"")
        answering = asyncio.create_task(server.__rsgi__(scope(length=0), as_granians(begun)))
        await asyncio.sleep(0)  # It is in its thread now.
        finishing = asyncio.create_task(server.finish(0))
        await asyncio.sleep(0)
        await server.__rsgi__(scope(length=0), as_granians(new))
        meanwhile = begun.status
        go_on.set()
        await asyncio.wait_for(finishing, LONG_ENOUGH)
        assert answering.done(), "the process may end now"
        return [new.status, meanwhile, begun.status]

    assert asyncio.run(serve()) == [503, 0, 200]


def test_a_burst_of_visitors_leaves_probes_their_answers(go_on: threading.Event) -> None:
    """Else a load balancer would take this process out, and send the burst to the next one."""

    def shop(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] != "/readyz":
            return waiting_page(go_on)(environ, start_response)
        start_response("200 OK", [])
        return [b"ready"]

    async def serve() -> tuple[int, int]:
        server = Server(shop)
        pages = [Proto(b"") for _ in range(THREADS + MOST_WAITING)]
        answering = [
            asyncio.create_task(server.__rsgi__(scope(length=0), as_granians(each)))
            for each in pages
        ]
        await asyncio.sleep(0)  # They are in their threads, or wait for one.
        probe, one_more = Proto(b""), Proto(b"")
        await server.__rsgi__(scope(length=0, path="/readyz"), as_granians(probe))
        await server.__rsgi__(scope(length=0), as_granians(one_more))
        go_on.set()
        await asyncio.gather(*answering)
        return probe.status, one_more.status

    assert asyncio.run(serve()) == (200, 503)


class Stream:
    """An answer in pieces: one is there, and the next waits for `go_on`."""

    streaming = True

    def __init__(self, go_on: threading.Event) -> None:
        self._go_on = go_on

    def __iter__(self) -> Iterator[bytes]:
        yield b"one"
        self._go_on.wait()
        yield b"two"


class SlowReader(Sender):
    """Takes a piece, and reads it until it has `read`."""

    def __init__(self, read: threading.Event) -> None:
        self.pieces: list[bytes] = []
        self._read = read

    def send(self, status: int, headers: Any, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            self.pieces.append(piece)
            self._read.wait()


def test_a_long_stream_is_no_hang_but_a_long_piece_is(
    go_on: threading.Event, settings: Settings
) -> None:
    def page(environ: dict[str, Any], start_response: Any) -> Stream:
        start_response("200 OK", [])
        return Stream(go_on)

    asked: Any = {"REQUEST_METHOD": "GET", "PATH_INFO": "/live"}
    reader = SlowReader(read := threading.Event())
    thread = threading.Thread(target=answer_of, args=(page, asked, reader))
    thread.start()
    try:
        eventually(lambda: reader.pieces)
        thread.join(3 * settings.LONGEST_TIMES.request)
        assert not overdue(), "the client reads; nothing hangs"
        read.set()
        eventually(overdue, what="its second piece does not come")
    finally:
        go_on.set()
        thread.join()
    assert reader.pieces == [b"one", b"two"]
