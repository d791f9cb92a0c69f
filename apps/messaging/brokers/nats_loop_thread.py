"""The thread whose event loop has this process's one connection to NATS, for `nats_for_threads`."""

import asyncio
import logging
import multiprocessing
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import uvloop
from nats.aio.msg import Msg

from apps.messaging.brokers.nats_connection import CONNECT_SECONDS, Connection
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway
from apps.messaging.worker.outage import Outage

type LoopWork[T] = Callable[[PatchedClient], Coroutine[Any, Any, T]]
type OnMsg = Callable[[Msg], Coroutine[Any, Any, None]]

CLOSE_SECONDS = 1.0

logger = logging.getLogger(__name__)


class LoopThread:
    """The loop's thread, and the connection that only this thread touches."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._loop = self._runner.get_loop()
        self._ended = asyncio.Event()
        self._connection: Connection | None = None
        self._outage = Outage(logger, begun="nats not reached", ended="nats reached")
        self.is_up = asyncio.Event()
        self._connecting: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[Any]] = set()
        self._listening: dict[str, OnMsg] = {}
        self._thread = threading.Thread(target=self._run, name="nats", daemon=True)
        self._thread.start()

    def submit[T](self, work: LoopWork[T], timeout: float) -> Future[T]:
        """Begin the work on this thread's event loop, from any thread; return its future."""
        return asyncio.run_coroutine_threadsafe(self._do(work, timeout), self._loop)

    def do(self, act: Callable[[PatchedClient], None], failed: Callable[[Exception], None]) -> None:
        """Call it in the loop's thread, from any thread."""
        self._loop.call_soon_threadsafe(self._do_now, act, failed)

    def _do_now(
        self, act: Callable[[PatchedClient], None], failed: Callable[[Exception], None]
    ) -> None:
        try:
            if self.nc is None:
                raise BrokerAway("the connection to NATS was lost")
            act(self.nc)
        except Exception as error:
            failed(error)

    @property
    def nc(self) -> PatchedClient | None:
        """The client of the connection, if one is open."""
        connection = self._connection
        return connection.nc if connection else None

    def listen(self, subject: str, on_msg: OnMsg) -> None:
        """Subscribe, now if there is a connection, and after each reconnect."""

        async def begin() -> None:
            self._listening[subject] = on_msg
            if self._connection is not None:
                await self._connection.nc.subscribe(subject, cb=on_msg)

        asyncio.run_coroutine_threadsafe(begin(), self._loop)

    def close(self) -> None:
        """End the connection and this thread."""
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(3 * CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        with self._runner:
            self._runner.run(self._ended.wait())

    async def _do[T](self, work: LoopWork[T], timeout: float) -> T:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if self._connection is not None and self.is_up.is_set():
            return await work(self._connection.nc)
        try:
            nc = await asyncio.wait_for(self._connected(), timeout)
        except TimeoutError as error:
            raise BrokerAway(f"no connection to NATS within {timeout} s") from error
        return await work(nc)

    async def _connected(self) -> PatchedClient:
        while self._connection is None:
            if self._connecting is None:
                self._connecting = asyncio.create_task(self._connect())
            # One attempt for all callers; it continues when one of them gives up.
            await asyncio.shield(self._connecting)
        await self.is_up.wait()
        return self._connection.nc

    async def _connect(self) -> None:
        name = multiprocessing.current_process().name
        connection = Connection(
            name, lost=self.is_up.clear, back=self.is_up.set, closed=self._forget_connection
        )
        try:
            await connection.open(CONNECT_SECONDS)
            # From here on `listen` subscribes by itself; what came before is in the copy.
            self._connection, listening = connection, list(self._listening.items())
            for subject, on_msg in listening:
                await connection.nc.subscribe(subject, cb=on_msg)
        except BrokerAway as error:
            self._outage.met(str(error))
        else:
            self._outage.over()
            self.is_up.set()
        finally:
            self._connecting = None

    def _forget_connection(self) -> None:
        # nats-py does not reconnect: a web process goes on, and connects for the next call.
        self._connection = None
        self.is_up.clear()

    async def _end(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=CLOSE_SECONDS)
        for task in [*self._running, *filter(None, [self._connecting])]:
            task.cancel()
        if self._connection is not None:
            await self._connection.leave()
