"""Limits the size of a request and the rate of an address, before the body is read.

The size is that of `Content-Length`, beyond which Django reads no byte. The package `limits` counts
requests: in the memory of this process, or in the store of `RATE_LIMIT_STORAGE` for several ones.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from orders_site.http.body_headers import body_size, close_connection, unreadable_body_answer
from orders_site.http.callers import customer_of
from orders_site.http.errors import error_answer

TAKES_A_PHOTO = {"api:upload_photo", "catalog:staff_new_product", "catalog:staff_product"}
CART = {"orders:add_to_cart", "orders:change_cart"}
# Orders and cancellations of one address count together, by page and by API.
RATES = {
    **dict.fromkeys(("orders:checkout", "orders:cancel_order"), "CHECKOUT_RATE"),
    **dict.fromkeys(("api:place", "api:cancel"), "CHECKOUT_RATE"),
    **dict.fromkeys(CART, "CHECKOUT_RATE"),  # the same rate, counted separately
    "admin:login": "LOGIN_RATE",
    **dict.fromkeys(TAKES_A_PHOTO, "UPLOAD_RATE"),
}
LONGEST_NAME = 150
"""Characters of a user's name, which is Django's own limit."""
KEPT_IN_MEMORY = 1000
"""Clients: above that, those that have sent nothing lately are forgotten."""

logger = logging.getLogger(__name__)
_memory_lock = threading.Lock()


class RequestLimits:
    """Middleware before all that may read a body, such as the CSRF check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return close_connection(request, response)
        if body_size(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            # If a body is left unread, the server closes the connection, and the next request
            # that a client sends on it fails. So a small body is read to its end.
            with suppress(UnreadablePostError):
                request.read()
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return an error answer if the request is too large or exceeds the rate."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _nul_error(request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if answer := unreadable_body_answer(request, name):
            return answer
        most = most_bytes(name)
        if body_size(request) > most:
            return error_answer(
                request,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                kind="request-too-large",
                detail=f"the request has more than {most} bytes",
            )
        if request.method == "POST" and name in RATES:
            # The first that is over its rate ends it: such an address adds no names.
            waits = (_hit(RATES[name], each) for each in _counted_for(request, name))
            wait = next(filter(None, waits), 0)
            return _too_many_requests(request, wait) if wait else None
        return None


def most_bytes(view_name: str) -> int:
    """Return the largest body, in bytes, that this view accepts."""
    photo = settings.PHOTO_MAX_BYTES if view_name in TAKES_A_PHOTO else 0
    return photo + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@cache
def rate(text: str) -> RateLimitItem:
    """Read `20/second` or `5 per 10 seconds`. Raises `ValueError`."""
    return parse(text)


@cache
def limiter(storage: str) -> MovingWindowRateLimiter:
    """Return the limiter, made at the first call: its thread would not survive a fork."""
    # A store that is down must not delay a checkout.
    patience = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
    return MovingWindowRateLimiter(storage_from_string(storage, wrap_exceptions=True, **patience))


def _counted_for(request: HttpRequest, view_name: str) -> list[str]:
    """Return what is counted; a login counts by user name too, as attackers use many addresses."""
    address = customer_of(request.META)
    if view_name in CART:
        return [f"cart of {address}"]
    if view_name != "admin:login":
        return [address]
    return [address, f"name {request.POST.get('username', '')[:LONGEST_NAME].casefold()}"]


def _hit(setting: str, address: str) -> int:
    """Count a request; return 0 if it is within the rate, else the seconds until one is."""
    counted, allowed = limiter(settings.RATE_LIMIT_STORAGE), rate(getattr(settings, setting))
    try:
        if _is_within(counted, allowed, setting, address):
            return 0
        free_at = counted.get_window_stats(allowed, setting, address).reset_time
    except StorageError as error:
        logger.warning("requests are not counted", extra={"error": str(error)})
        return 0
    return max(1, math.ceil(free_at - time.time()))


def _is_within(counted: MovingWindowRateLimiter, allowed: RateLimitItem, *names: str) -> bool:
    """Count a request, one thread at a time in memory, where `limits` 5.8 fails for two at once."""
    storage = counted.storage
    if not isinstance(storage, MemoryStorage):
        return counted.hit(allowed, *names)
    with _memory_lock:
        _forget_old_clients(storage)
        return counted.hit(allowed, *names)


def _forget_old_clients(storage: MemoryStorage) -> None:
    """Remove those whose requests have all expired: `limits` 5.8 keeps each name for ever."""
    if len(storage.events) > KEPT_IN_MEMORY:
        for name in [name for name, requests in [*storage.events.items()] if not requests]:
            del storage.events[name]


def _nul_error(request: HttpRequest) -> HttpResponse:
    """Reject a NUL in an address: no name contains one, and PostgreSQL raises an error for it."""
    detail = "the address holds a NUL character"
    return error_answer(request, HTTPStatus.BAD_REQUEST, kind="bad-request", detail=detail)


def _too_many_requests(request: HttpRequest, wait: int) -> HttpResponse:
    response = error_answer(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        kind="too-many-requests",
        detail="too many requests in a short time; please try again in a moment",
    )
    response.headers["Retry-After"] = str(wait)
    return response
