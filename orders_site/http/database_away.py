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
"""Each rolls its transaction back; PostgreSQL's read-only error is an `InternalError`."""


def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return a problem, or a page that needs no database."""
    extra = {"path": request.path, "error": str(error)}
    logger.warning("the database accepts no statement", extra=extra)
    forget_connection()
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if is_api(request):
        detail = "the database accepts no statement now, so nothing was changed; please try again"
        return problem(status, kind="database-away", detail=detail)
    return with_headers(render(request, "503.html", status=status))
