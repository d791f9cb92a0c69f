"""Threads for blocking calls beside the event loop; none delays the end of the process.

`in_thread` is for a rare call that lasts or may hang, such as a heartbeat of SQS. `in_pool` is for
a short step that needs the database: a pool keeps its threads, and so their connections. In
`KeptThreads` a call may last or hang, and need the database too.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Thread

from django.db import close_old_connections, connections

THREAD = "blocking call"


def in_thread[T](call: Callable[[], T]) -> asyncio.Future[T]:
    """Run a call in a daemon thread of its own; its database connections end with it.

    Python waits for an executor's threads at exit, and so for a long poll or a call that hangs.
    """
    return asyncio.wrap_future(begin_in_thread(call))


def begin_in_thread[T](call: Callable[[], T]) -> Future[T]:
    """Run a call likewise, for a caller without an event loop."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()
    Thread(target=_run, args=(call, outcome), name=THREAD, daemon=True).start()
    return outcome


class KeptThreads:
    """Daemon threads that are kept from call to call, and so are their database connections.

    A thread and a connection of its own cost a call several milliseconds. Python waits for none of
    these threads at exit, unlike for those of an executor.
    """

    def __init__(self, count: int, *, name: str) -> None:
        self._count = count
        self._steps: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        for _ in range(count):
            Thread(target=self._work, name=name, daemon=True).start()

    def run[T](self, call: Callable[[], T]) -> asyncio.Future[T]:
        """Run a call in the next free thread; `with_fresh_connections` if it needs the database."""
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()
        self._steps.put(partial(_settle, call, outcome))
        return asyncio.wrap_future(outcome)

    def end(self) -> None:
        """Let each thread end, with its connection, after its present call."""
        for _ in range(self._count):
            self._steps.put(None)

    def _work(self) -> None:
        try:
            while step := self._steps.get():
                step()
        finally:
            connections.close_all()


@contextmanager
def pool_of(count: int, *, name: str) -> Iterator[ThreadPoolExecutor]:
    """Yield threads that do not delay the end of the process, even if one of them hangs."""
    threads = ThreadPoolExecutor(count, thread_name_prefix=name)
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def in_pool[**P, T](
    threads: ThreadPoolExecutor | None, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> asyncio.Future[T]:
    """Run work in one of `threads` (None: those of the event loop), with fresh connections."""
    step = partial(with_fresh_connections, work, *args, **kwargs)
    return asyncio.get_running_loop().run_in_executor(threads, step)


def with_fresh_connections[**P, R](step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `step` with fresh database connections, as Django does, but only for requests."""
    close_old_connections()
    try:
        return step(*args, **kwargs)
    finally:
        close_old_connections()


def _run[T](call: Callable[[], T], outcome: Future[T]) -> None:
    def step() -> T:
        try:
            return call()
        finally:
            connections.close_all()

    _settle(step, outcome)


def _settle[T](step: Callable[[], T], outcome: Future[T]) -> None:
    try:
        result = step()
    except BaseException as error:  # It belongs to the code that awaits the outcome.
        outcome.set_exception(error)
    else:
        outcome.set_result(result)
