"""NATS for synchronous code: one loop thread and one connection per process, made when needed.

Django's threads pass a coroutine function to it, and wait for its end (`call`) or do not (`post`).
A connection for each call would cost three times as much, and could not reconnect.
"""

import atexit
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future

from apps.messaging.brokers.nats_loop_thread import LoopThread, LoopWork, OnMsg
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import BrokerAway

GRACE_SECONDS = 0.5
"""Work ends at its own deadline, with its own error; on a busy machine a little later."""


def call[T](work: LoopWork[T], *, timeout: float) -> T:
    """Run `work` on this process's connection and return its result.

    Raises `BrokerAway` if there is no connection within `timeout` seconds, and `TimeoutError` if
    the work is not done `GRACE_SECONDS` later.
    """
    loop = _this_process()
    future = loop.submit(work, timeout)
    try:
        return future.result(timeout + GRACE_SECONDS)
    except TimeoutError as error:
        if loop.is_up.is_set():
            raise
        raise BrokerAway(f"no connection to NATS within {timeout} s") from error
    finally:
        # After a timeout the caller takes it as failed: it must not be sent later.
        future.cancel()


def post[T](work: LoopWork[T], *, timeout: float) -> Future[T]:
    """Begin `work`; its future has `BrokerAway` if there is no connection in `timeout` seconds."""
    return _this_process().submit(work, timeout)


def connect(*, timeout: float) -> None:
    """Return once this process has a connection; what is timed next does not wait for it.

    Raises `BrokerAway` if there is none within `timeout` seconds, and `TimeoutError` as `call`.
    """

    async def nothing(nc: PatchedClient) -> None:
        """The connection is all that was wanted."""

    call(nothing, timeout=timeout)


def connection() -> PatchedClient | None:
    """Return this process's connection, or None if there is none now. Only the loop may use it."""
    loop = _this_process()
    return loop.nc if loop.is_up.is_set() else None


def do(act: Callable[[PatchedClient], None], failed: Callable[[Exception], None]) -> None:
    """Call `act` in the loop's thread, and do not wait; `failed` gets its error there.

    No coroutine, task or future is made, so it takes a third of the time of `post`. `failed` gets
    `BrokerAway` if there is no connection.
    """
    _this_process().do(act, failed)


def listen(subject: str, on_msg: OnMsg) -> None:
    """Call `on_msg` in the loop's thread with each message, also after a reconnect.

    It begins with the connection, which the next `call` or `post` makes.
    """
    _this_process().listen(subject, on_msg)


def close() -> None:
    """Send the posted messages, then end the thread; the next call starts another."""
    global _current
    with _lock:
        ending, _current = _current, None
    # Outside the lock: it may take seconds, and a call of another thread does not wait for it.
    if ending is not None:
        ending.close()


_current: LoopThread | None = None
_lock = threading.Lock()
_inherited: list[LoopThread | None] = []


def _this_process() -> LoopThread:
    global _current
    # Read once: this is without the lock, and `close` may set it to None at any time.
    if (current := _current) is not None:
        return current
    with _lock:
        if _current is None:
            _current = LoopThread()
        return _current


def _forget_parent() -> None:
    """Start again in a forked child, which has no copy of the thread and shares the socket.

    Without this the connection would look open, and every call would hang until its timeout.
    """
    global _current, _lock
    # Kept, since collecting it would close what the parent still uses.
    _inherited.append(_current)
    # A new lock: the thread of the parent that may have held the old one does not run here.
    _current, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_parent)
atexit.register(close)
