"""Wake the relay up after a commit: a message on core NATS, fire and forget.

If it is lost, the relay finds the rows at its next poll, so no caller waits for it.
"""

import os
from contextlib import suppress
from functools import partial

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.brokers.nats_py_fixes import PatchedClient

SUBJECT = "outbox.nudge.*"
CONNECT_WITHIN_SECONDS = 1.0

_waiting: set[str] = set()
os.register_at_fork(after_in_child=_waiting.clear)


def send(transport: str) -> None:
    """Wake the relay of `transport`. One wake-up that is not sent yet is enough for all callers."""
    if transport in _waiting:
        return
    _waiting.add(transport)
    if nats_for_threads.connection():
        publish = partial(_publish, transport)
        nats_for_threads.do(publish, failed=lambda _: _waiting.discard(transport))
    else:
        wake_up = nats_for_threads.post(
            partial(_connected, transport), timeout=CONNECT_WITHIN_SECONDS
        )
        wake_up.add_done_callback(lambda _: _waiting.discard(transport))


async def _connected(transport: str, nc: PatchedClient) -> None:
    _publish(transport, nc)


def _publish(transport: str, nc: PatchedClient) -> None:
    # Before the publish: a transaction that commits from here on sends its own.
    _waiting.discard(transport)
    with suppress(*CONNECTION_LOST):
        nc.publish_now(f"outbox.nudge.{transport}")
