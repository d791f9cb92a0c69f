"""A proxy to a server or to `web` that delays answers, or holds them back while requests pass."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.support.ports import free_port

CHUNK = 65_536
"""Bytes that are read at once."""


class Link:
    """Forwards bytes from a port of its own to another one, in both directions.

    It loses nothing: delayed bytes arrive later, as with packets that are sent again.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._late = 0.0
        self._loop: asyncio.AbstractEventLoop
        self._end = asyncio.Event()
        self._let_through = asyncio.Event()
        self._let_through.set()
        self._copies: set[asyncio.Task[None]] = set()

    @contextmanager
    def late(self, seconds: float) -> Iterator[None]:
        """Delay each answer by that many seconds; many may be delayed at a time."""
        self._late = seconds
        try:
            yield
        finally:
            self._late = 0.0

    @contextmanager
    def without_answers(self) -> Iterator[None]:
        """Let all requests through and no answer, until the end."""
        self._loop.call_soon_threadsafe(self._let_through.clear)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._let_through.set)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Forward, in a thread of its own."""
        listens = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(listens)), daemon=True)
        thread.start()
        assert listens.wait(5)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._end.set)
            thread.join(5)

    async def _serve(self, listens: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        async with await asyncio.start_server(self._accept, "127.0.0.1", self.port):
            listens.set()
            await self._end.wait()
            for copy in self._copies:
                copy.cancel()
            await asyncio.gather(*self._copies, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._begin(_requests(reader, there[1]))
        self._begin(self._answers(there[0], writer))

    def _begin(self, copying: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        copy = asyncio.create_task(copying)
        self._copies.add(copy)
        copy.add_done_callback(self._copies.discard)
        return copy

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read at once and write when it is due: a late answer does not hold up the next."""
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        forwarding = self._begin(self._forward(due, writer))
        data = b"?"
        while data:
            try:
                data = await reader.read(CHUNK)
            except ConnectionError:
                data = b""  # Its end: a connection that was reset raises at each read.
            due.put_nowait((self._loop.time() + self._late, data))
        await forwarding

    async def _forward(
        self, due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        data = b"?"
        while data:
            at, data = await due.get()
            await asyncio.sleep(max(0.0, at - self._loop.time()))
            await self._let_through.wait()
            if writer.is_closing():
                continue  # The client is gone; asyncio would log each further write.
            with suppress(ConnectionError):
                writer.write(data)
                await writer.drain()
        writer.close()


async def _requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while (data := await reader.read(CHUNK)) and not writer.is_closing():
            writer.write(data)
            await writer.drain()
    writer.close()
