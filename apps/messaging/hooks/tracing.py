"""W3C trace context: one `traceparent` follows a message through every process and log line."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

import structlog
from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("traceparent", default="")
_NONE: Mapping[str, str] = MappingProxyType({})
_of_keys: ContextVar[Mapping[str, str]] = ContextVar("traceparents_of_keys", default=_NONE)
_VALID = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def current_traceparent(key: str = "") -> str:
    """Return the present trace, or begin one.

    Among the messages of a batch it is that of the message with this ordering key.
    """
    return _of_keys.get().get(key) or _current.get() or _new_traceparent()


@contextmanager
def following(traceparent: str) -> Iterator[None]:
    """Work inside the sender's trace; a missing or malformed one begins a new one."""
    if not _VALID.fullmatch(traceparent):
        traceparent = _new_traceparent()
    token = _current.set(traceparent)
    try:
        with structlog.contextvars.bound_contextvars(trace=traceparent.split("-")[1][:8]):
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


def trace_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: each HTTP request follows its caller's trace or begins one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with following(request.headers.get("traceparent", "")):
            return get_response(request)

    return middleware


def _new_traceparent() -> str:
    random = secrets.token_hex(24)
    return f"00-{random[:32]}-{random[32:]}-01"
