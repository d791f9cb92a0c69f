"""Traces each request. The context of a caller outside `TRACE_CALLERS` is not believed.

Otherwise any caller could force or suppress sampling, and add spans to other people's traces.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.messaging.hooks.steps import serving
from orders_site.http.callers import comes_from


def trace_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: each HTTP request begins a trace, or follows that of a trusted caller."""

    def middleware(request: HttpRequest) -> HttpResponse:
        traceparent = request.headers.get("traceparent", "")
        if traceparent and comes_from(request, settings.TRACE_CALLERS):
            return serving(request, get_response, caller=traceparent)
        return serving(request, get_response, stranger=traceparent)

    return middleware
