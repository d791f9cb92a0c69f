"""W3C trace context: one `traceparent` follows a message through every process and log line."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

_current: ContextVar[str] = ContextVar("traceparent", default="")
_NONE: Mapping[str, str] = MappingProxyType({})
_of_keys: ContextVar[Mapping[str, str]] = ContextVar("traceparents_of_keys", default=_NONE)
_VALID = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def current_traceparent(key: str = "") -> str:
    """Return the present trace, or begin one.

    Among the messages of a batch it is that of the message with this ordering key.
    """
    return present_traceparent(key) or new_traceparent()


def present_traceparent(key: str = "") -> str:
    """Return the same; empty if there is no trace yet."""
    return _of_keys.get().get(key) or _current.get()


def is_valid(traceparent: str) -> bool:
    """Return whether this is a `traceparent` of version 00."""
    return _VALID.fullmatch(traceparent) is not None


def is_sampled(traceparent: str) -> bool:
    """Return whether its spans are kept, by its flags; true of what is no valid `traceparent`."""
    return not is_valid(traceparent) or int(traceparent[-2:], 16) & 1 == 1


@contextmanager
def following(traceparent: str) -> Iterator[None]:
    """Work inside the sender's trace; a missing or malformed one begins a new one."""
    if not _VALID.fullmatch(traceparent):
        traceparent = new_traceparent()
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def following_each(traceparents: Mapping[str, str]) -> Iterator[None]:
    """Work inside several traces at once: ordering key → trace; a malformed one is left out.

    Messages recorded inside follow the trace of their key. Log lines inside name no trace.
    """
    valid = {key: each for key, each in traceparents.items() if key and _VALID.fullmatch(each)}
    token = _of_keys.set(valid)
    try:
        yield
    finally:
        _of_keys.reset(token)


def add_trace(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Add `trace_id` and `span_id` to a line of the log, as a processor of structlog.

    They are read for a line, and not bound for each message: most messages log nothing.
    """
    if traceparent := _current.get():
        _, event["trace_id"], event["span_id"], _ = traceparent.split("-")
    return event


def new_traceparent(*, is_sampled: bool = True) -> str:
    """Begin a trace. One that is not sampled tells every recorder on its way to leave it out."""
    random = secrets.token_hex(24)
    return f"00-{random[:32]}-{random[32:]}-0{is_sampled:d}"
