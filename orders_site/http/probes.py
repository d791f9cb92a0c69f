"""Answers probes by IP address and without TLS, for any `Host` and prefix.

A load balancer or a scraper calls a process directly, not through the proxy with the public name.
"""

from collections.abc import Callable
from http import HTTPStatus
from threading import BoundedSemaphore

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

from orders_site.http.problems import problem

PROBES = {"/healthz", "/readyz", "/readyz/all", "/metrics"}
WAITING = {*PROBES, "/api/status"} - {"/healthz"}
"""Answers to these depend on other servers, which may hang."""
AT_ONCE = 4
"""Threads that may wait for such an answer; under granian pages have other threads."""
PATIENCE_SECONDS = 0.2


class Probes:
    """Middleware before those that require TLS, check the host or open a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._places = BoundedSemaphore(AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in WAITING:
            return self._answer(request)
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            detail = f"{AT_ONCE} others wait for the same; please try again in a moment"
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, kind="too-many-probes", detail=detail)
        try:
            return self._answer(request)
        finally:
            self._places.release()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PROBES:
            return self.get_response(request)
        answer: HttpResponse = resolve(request.path_info).func(request)
        return answer
