"""W3C trace context: one `traceparent` follows a message through every process and log line."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from django.http import HttpRequest, HttpResponse

_current: ContextVar[str] = ContextVar("traceparent", default="")
_VALID = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def current_traceparent() -> str:
    """Return the present trace, or begin one."""
    return _current.get() or _new_traceparent()


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


def trace_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: each HTTP request follows its caller's trace or begins one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with following(request.headers.get("traceparent", "")):
            return get_response(request)

    return middleware


def _new_traceparent() -> str:
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
