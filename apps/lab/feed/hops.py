"""Hops: each process reports, on core NATS, every message that passes a hook."""

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from django.conf import settings
from pydantic import Field

from apps.lab.feed.shown_message import ShownMessage
from apps.messaging.by_hand import nats_without_hooks
from apps.messaging.errors import MessagingError
from apps.messaging.hooks.tracing import (
    current_traceparent,
    following,
    is_sampled,
    new_traceparent,
    present_traceparent,
)
from apps.messaging.message import Payload

SUBJECT = "lab.hops"
MAX_BODY = 4096
"""Characters. A longer body is cut in the hop, not in the message."""
MOST_A_SECOND = 250
"""Hops of one process. It reports no more: the shop's own work comes first."""
COUNTED_POINT = "outbox.recorded"
MOST_COUNTED_A_SECOND = 150
"""Hops of one process at this hook, beside the others: the load's charts count them."""
REPORTED_WITHIN = 0.3
"""Seconds."""


class Hop(Payload):
    """A message at a hook, as its process reports it; `at` is Unix time in seconds."""

    point: str
    at: float
    worker: str
    instance: str
    pid: int
    destination: str = ""
    consumer: str = ""
    message_id: str = ""
    key: str = ""
    trace: str = ""
    attempt: int = 1
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    attributes: dict[str, str | int | float | None] = Field(default_factory=dict)


class SignOfLife(Payload):
    """A process runs. A new pid with the same worker and instance has replaced one that died."""

    worker: str
    instance: str
    pid: int


class Allowance:
    """How many hops this process may still report in this second."""

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
COUNTED_ALLOWANCE = Allowance(MOST_COUNTED_A_SECOND)


def report(point: str, messages: Sequence[ShownMessage]) -> None:
    """Report each message at the hook; returns at once, and a report may be lost.

    A message whose trace is not sampled is reported only where the charts count it.
    """
    is_counted = point == COUNTED_POINT
    allowance = COUNTED_ALLOWANCE if is_counted else ALLOWANCE
    for each in messages:
        if not is_counted and not is_sampled(_traceparent_at(each)):
            continue
        if not allowance.take():
            return
        nats_without_hooks.send(SUBJECT, hop_of(point, each).to_json().encode())


def report_now(point: str, message: ShownMessage, **attributes: str) -> None:
    """Report it without the limit, and wait up to 0.3 s until the server has it.

    For a report that an experiment waits for, and for a process that a fault is about to end.
    """
    body = hop_of(point, message, **attributes).to_json().encode()
    with suppress(MessagingError, TimeoutError):
        nats_without_hooks.send_and_flush(SUBJECT, body).result(REPORTED_WITHIN)


def hop_of(point: str, message: ShownMessage, **attributes: str) -> Hop:
    """Return the hop of this process now; `attributes` are added to those of the message."""
    body = message.body
    text = body if isinstance(body, str) else body.decode(errors="backslashreplace")
    return Hop(
        point=point,
        at=time.time(),
        **who_we_are(),
        destination=message.destination,
        consumer=message.consumer,
        message_id=message.message_id,
        key=message.key,
        trace=trace_at(message),
        attempt=message.attempt,
        headers=dict(message.headers),
        body=text[:MAX_BODY],
        attributes={**message.attributes, **attributes},
    )


def trace_at(message: ShownMessage) -> str:
    """Return the trace of a message; one without headers, like a mail, has that of its thread."""
    return trace_of(_traceparent_at(message) or current_traceparent())


def _traceparent_at(message: ShownMessage) -> str:
    return message.headers.get("traceparent") or present_traceparent()


def trace_of(traceparent: str) -> str:
    """Return the trace's id, which all messages that follow from one request share."""
    return traceparent.split("-")[1] if traceparent.count("-") >= 2 else ""


@contextmanager
def trace_from(traceparent: str) -> Iterator[str]:
    """Follow this trace in what is done inside, and yield its id; an empty one begins a new one."""
    with following(traceparent):
        yield trace_of(current_traceparent())


def new_trace(*, is_shown: bool = True) -> AbstractContextManager[str]:
    """Begin a trace for what is done inside, and yield its id.

    With `is_shown` false, no process reports its messages: a load has too many to look at.
    """
    return trace_from(new_traceparent(is_sampled=is_shown))


def who_we_are() -> dict[str, str | int]:
    """Return this process's worker, instance and pid."""
    name = multiprocessing.current_process().name
    return {
        "worker": name if name in settings.WORKERS else "web",
        "instance": settings.WORKER_INSTANCE or socket.gethostname(),
        "pid": os.getpid(),
    }
