"""A worker's loop in a thread of the test, so that it can be started and stopped like a process."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import uvloop
from django.db import connections

from apps.messaging.errors import BrokerAway
from apps.messaging.worker.lifecycle import Worker
from tests.support.stacks import where_all_stand
from tests.support.waiting import crowding, eventually

STOPS_WITHIN_SECONDS = 15.0


@contextmanager
def running(
    loop: Callable[[Worker], Awaitable[None]], *, name: str = "test", ready_within: float = 10.0
) -> Iterator[Worker]:
    """Run the loop until the block ends; wait at the start until it is ready for work."""
    worker = Worker(name)
    event_loop = uvloop.new_event_loop()  # as `workers.runner` does
    errors: list[BaseException] = []

    def work() -> None:
        try:
            event_loop.run_until_complete(_until_stopped(loop, worker))
        except BaseException as error:
            errors.append(error)
        finally:
            event_loop.run_until_complete(event_loop.shutdown_default_executor())
            event_loop.close()
            connections.close_all()

    thread = threading.Thread(target=work, name=f"running-{name}", daemon=True)
    thread.start()
    try:
        if ready_within:
            eventually(lambda: worker.is_ready or errors, within=ready_within, what=f"{name} ready")
        yield worker
    except BaseException as failed:
        # If the test has waited in vain, the loop has ended with an error, or stands somewhere.
        ended = [f"the loop {name} ended with {error!r}" for error in errors]
        failed.add_note("\n".join([*ended, where_all_stand(event_loop)]))
        raise
    finally:
        with suppress(RuntimeError):  # Its event loop is closed: it has ended by itself.
            event_loop.call_soon_threadsafe(worker.stop)
        thread.join(STOPS_WITHIN_SECONDS * crowding())
    assert not thread.is_alive(), f"{name} did not stop"
    if errors:
        raise errors[0]


async def _until_stopped(loop: Callable[[Worker], Awaitable[None]], worker: Worker) -> None:
    try:
        await loop(worker)
    except BrokerAway:
        if not worker.stopping.is_set():
            raise
