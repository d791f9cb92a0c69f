"""Hops: each process announces, on core NATS, every message that passes a hook."""

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from django.conf import settings
from pydantic import Field

from apps.lab.feed.shown_message import Passing
from apps.messaging.brokers import nats_without_hooks
from apps.messaging.errors import MessagingError
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.message import Payload

SUBJECT = "lab.hops"
MAX_BODY = 4096
"""Characters; what is longer is cut in the hop, never in the message."""
MOST_A_SECOND = 250
"""Hops of one process. More are not told: the shop's own work comes first."""
SURELY_WITHIN = 0.3


class Hop(Payload):
    """A message at a point of its way, as the process that had it tells it; `at` is Unix time."""

    point: str
    at: float
    worker: str
    instance: str
    pid: int
    channel: str = ""
    holder: str = ""
    message_id: str = ""
    key: str = ""
    trace: str = ""
    attempt: int = 1
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    facts: dict[str, str | int | float | None] = Field(default_factory=dict)


class SignOfLife(Payload):
    """A process says that it is there; a new pid in the same place has replaced one that died."""

    worker: str
    instance: str
    pid: int


class Allowance:
    """How many hops may still be told in this second."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._second, self._used = 0, 0

    def take(self) -> bool:
        with self._lock:
            if (now := int(time.monotonic())) != self._second:
                self._second, self._used = now, 0
            self._used += 1
            return self._used <= self._most


ALLOWANCE = Allowance(MOST_A_SECOND)


def tell(point: str, passing: Sequence[Passing]) -> None:
    """Announce each message at the point, without waiting; no answer, no error, no promise."""
    for each in passing:
        if not ALLOWANCE.take():
            return
        nats_without_hooks.send(SUBJECT, hop_of(point, each).to_json().encode())


def tell_surely(point: str, passing: Passing, **facts: str) -> None:
    """Announce it whatever the allowance, and wait up to 0.3 s until the server has it.

    For what somebody waits for, and for a process that is about to die by a fault.
    """
    body = hop_of(point, passing, **facts).to_json().encode()
    with suppress(MessagingError, TimeoutError):
        nats_without_hooks.send(SUBJECT, body, flush=True).result(SURELY_WITHIN)


def hop_of(point: str, passing: Passing, **facts: str) -> Hop:
    """Return the hop of this process, at this moment; `facts` come on top of the message's own."""
    body = passing.body
    text = body if isinstance(body, str) else body.decode(errors="backslashreplace")
    return Hop(
        point=point,
        at=time.time(),
        **who_we_are(),
        channel=passing.channel,
        holder=passing.holder,
        message_id=passing.message_id,
        key=passing.key,
        trace=trace_at(passing),
        attempt=passing.attempt,
        headers=dict(passing.headers),
        body=text[:MAX_BODY],
        facts={**passing.facts, **facts},
    )


def trace_at(passing: Passing) -> str:
    """Return the trace of what passes; without headers, as a mail, it is that of the thread."""
    return trace_of(passing.headers.get("traceparent") or current_traceparent())


def trace_of(traceparent: str) -> str:
    """Return the trace's id: what all messages that follow from one request have in common."""
    return traceparent.split("-")[1] if traceparent.count("-") >= 2 else ""


@contextmanager
def new_trace() -> Iterator[str]:
    """Begin a trace for what is done inside, and hand out its id."""
    with following(""):
        yield trace_of(current_traceparent())


def who_we_are() -> dict[str, str | int]:
    """Return this process's worker, instance and pid."""
    name = multiprocessing.current_process().name
    return {
        "worker": name if name in settings.WORKERS else "web",
        "instance": settings.WORKER_INSTANCE or socket.gethostname(),
        "pid": os.getpid(),
    }
