"""The answer while the database accepts no statement: it is gone, silent, full or read-only."""

import logging
from http import HTTPStatus

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.messaging.handling.database import forget_connection
from orders_site.http.problems import is_api, problem, with_headers

logger = logging.getLogger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
"""PostgreSQL's read-only error is an `InternalError`.

Each rolls its transaction back, unless the commit was the last that the database did: its answer
may be lost, or a later query of the same request fails.
"""
_AWAY = "the database accepts no statement now"
_READING = f"{_AWAY}; please try again"
_CHANGING = (
    f"{_AWAY}, and this change may have been made: repeat it with its Idempotency-Key if it has "
    "one, else look first"
)


def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return a problem, or a page that needs no database."""
    extra = {"path": request.path, "error": str(error)}
    logger.warning("the database accepts no statement", extra=extra)
    forget_connection()
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if is_api(request):
        detail = _READING if request.method in ("GET", "HEAD") else _CHANGING
        return problem(status, kind="database-away", detail=detail)
    return with_headers(render(request, "503.html", status=status))
