"""The probes' own way in: by an IP address, without TLS, whatever the `Host` and the prefix.

A load balancer or a scraper asks a process itself, past the proxy that knows the public name.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

PROBES = {"/healthz", "/readyz", "/metrics"}


class Probes:
    """Middleware; stands before all that asks for TLS, looks at the host or opens a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PROBES:
            return self.get_response(request)
        answer: HttpResponse = resolve(request.path_info).func(request)
        return answer
