"""Measures each request: its time by route and class of status, for `/metrics`."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.messaging.hooks.measuring import counted
from apps.messaging.metrics import watching


def measure_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware, behind the probes. Of a stream it measures the time to its beginning."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Under another server than ours; not at the import, as this process may only fork others.
        watching.watch()
        began = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        # A request that found no view has no route; its path is no label.
        route, status = match.route if match else "", f"{response.status_code // 100}xx"
        counted("http", route, status, by=time.monotonic() - began)
        return response

    return middleware
