"""Middleware: `web` looks at requests whether an operator has changed its log level."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from apps.messaging.worker.live_log_level import look


def look_at_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Look at most every two seconds. Without a file to look at it is not used."""
    if not settings.LIVE_LOG_LEVEL_FILE:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponse:
        look()
        return get_response(request)

    return middleware
