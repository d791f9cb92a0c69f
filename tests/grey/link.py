"""A proxy to a server or to `web` that delays answers, or holds them back while requests pass."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from tests.support.ports import free_port

CHUNK = 65_536
"""Bytes that are read at once."""


class Link:
    """Forwards bytes from a port of its own to another one, in both directions.

    It loses nothing: delayed bytes arrive later, as with packets that are sent again. `late` is the
    delay of each answer in seconds; many may be delayed at a time.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.late = 0.0
        self._target = target
        self._server: asyncio.Server
        self._let_through = asyncio.Event()
        self._let_through.set()
        self._copies: set[asyncio.Task[None]] = set()

    def hold_answers(self, held: bool) -> None:
        """Let all requests through and no answer, as long as `held`."""
        if held:
            self._let_through.clear()
        else:
            self._let_through.set()

    async def listen(self) -> None:
        """Forward from now on, until the event loop ends."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

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
            due.put_nowait((asyncio.get_running_loop().time() + self.late, data))
        await forwarding

    async def _forward(
        self, due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        data = b"?"
        while data:
            at, data = await due.get()
            await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
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
