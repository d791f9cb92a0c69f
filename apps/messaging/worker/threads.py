"""Threads for blocking calls beside the event loop; none delays the end of the process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from django.db import close_old_connections, connections

THREAD = "blocking call"


def in_thread[T](call: Callable[[], T]) -> asyncio.Future[T]:
    """Run a call in a daemon thread of its own; its database connections end with it.

    Python waits for an executor's threads at exit, and so for a long poll or a call that hangs.
    """
    return asyncio.wrap_future(begin_in_thread(call))


def begin_in_thread[T](call: Callable[[], T]) -> Future[T]:
    """Do the same without an event loop."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()
    Thread(target=_run, args=(call, outcome), name=THREAD, daemon=True).start()
    return outcome


def with_fresh_connections[**P, R](step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `step` with fresh database connections, as Django does, but only for requests."""
    close_old_connections()
    try:
        return step(*args, **kwargs)
    finally:
        close_old_connections()


def _run[T](call: Callable[[], T], outcome: Future[T]) -> None:
    try:
        result = call()
    except BaseException as error:  # It belongs to the code that awaits the outcome.
        connections.close_all()
        outcome.set_exception(error)
    else:
        connections.close_all()
        outcome.set_result(result)
