"""The one place where errors become HTTP: `application/problem+json` (RFC 9457), or a page."""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views import defaults
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from apps.catalog import errors as catalog
from apps.images import errors as images
from apps.messaging import errors as messaging
from apps.orders import errors as orders
from apps.pricing import errors as pricing
from orders_site.http.database_away import DATABASE_AWAY, database_away
from orders_site.http.error_reasons import note_reason
from orders_site.http.problems import is_api, problem, with_headers

logger = logging.getLogger(__name__)

# The HTTP status of each error class and of its subclasses.
STATUS: Mapping[type[Exception], HTTPStatus] = {
    catalog.UnknownProduct: HTTPStatus.NOT_FOUND,
    catalog.SkuTaken: HTTPStatus.CONFLICT,
    catalog.OutOfStock: HTTPStatus.CONFLICT,
    catalog.PriceContested: HTTPStatus.CONFLICT,
    catalog.CatalogError: HTTPStatus.UNPROCESSABLE_ENTITY,
    images.UnknownPhoto: HTTPStatus.NOT_FOUND,
    images.DecoderLost: HTTPStatus.SERVICE_UNAVAILABLE,
    orders.OrderInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    orders.OrderNotFound: HTTPStatus.NOT_FOUND,
    orders.NotTheirOrder: HTTPStatus.FORBIDDEN,
    orders.TotalDiffers: HTTPStatus.CONFLICT,
    orders.KeyReused: HTTPStatus.CONFLICT,
    orders.NotCancellable: HTTPStatus.CONFLICT,
    pricing.PricingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    messaging.NoResponder: HTTPStatus.SERVICE_UNAVAILABLE,
    messaging.RequestTimeout: HTTPStatus.SERVICE_UNAVAILABLE,
    messaging.BrokerAway: HTTPStatus.SERVICE_UNAVAILABLE,
    messaging.RequestRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    messaging.MessageTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    Http404: HTTPStatus.NOT_FOUND,
    PermissionDenied: HTTPStatus.FORBIDDEN,
    BadRequest: HTTPStatus.BAD_REQUEST,
    SuspiciousOperation: HTTPStatus.BAD_REQUEST,
    MultiPartParserError: HTTPStatus.BAD_REQUEST,
    UnreadablePostError: HTTPStatus.BAD_REQUEST,
}
# Their messages are for developers: a client gets only the status. Django has pages for them.
_DJANGOS_OWN = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)
# The API waits for another process only at a checkout, for the prices.
_NO_PRICES = (messaging.NoResponder, messaging.RequestTimeout, messaging.BrokerAway)
PRICES_AWAY = "the prices cannot be confirmed just now, so nothing was ordered; please try again"


def answer_problems(api: NinjaAPI) -> None:
    """Let the API answer every error as a problem, also an unforeseen one."""
    for error_class in (*STATUS, images.PhotoInvalid, HttpError, ValidationError):
        api.exception_handler(error_class)(_problem_of)
    for error_class in DATABASE_AWAY:
        api.exception_handler(error_class)(database_away)
    api.exception_handler(Exception)(_unforeseen)


class ErrorAnswers:
    """Middleware for errors that the API's handlers do not see: wrong methods, and pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if not is_api(request):
            return self._in_words(request, response)
        if response.headers["Content-Type"] == "application/problem+json":
            return response
        answer = problem(HTTPStatus(response.status_code))
        if "Allow" in response.headers:
            answer.headers["Allow"] = response.headers["Allow"]
        return answer

    def _in_words(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return a page for a wrong method; Django's own answer is blank."""
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = _page(request, HTTPStatus.METHOD_NOT_ALLOWED, "")
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return a page for a known error that a view did not catch."""
        if isinstance(error, DATABASE_AWAY):
            return database_away(request, error)
        status = _status_of(error)
        if status is None or isinstance(error, _DJANGOS_OWN):
            return None
        note_reason(request, str(error))
        if status == HTTPStatus.NOT_FOUND:
            return defaults.page_not_found(request, error)
        return _page(request, status, str(error))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`: below `/api/` a problem, elsewhere the shop's page."""
    if is_api(request):
        return problem(HTTPStatus.NOT_FOUND)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: for errors in a middleware, such as the one that saves a session."""
    error = sys.exception()
    if isinstance(error, DATABASE_AWAY):
        return database_away(request, error)
    if is_api(request):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR)
    return defaults.server_error(request)


def error_answer(
    request: HttpRequest, status: HTTPStatus, *, kind: str, detail: str
) -> HttpResponse:
    """Return an error answer to a request that reaches no view."""
    note_reason(request, detail)
    if is_api(request):
        return problem(status, kind=kind, detail=detail)
    return _page(request, status, detail)


def _problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, ValidationError):
        return _invalid(request, [_field_error(each) for each in error.errors])
    if isinstance(error, orders.OrderInvalid):
        return _invalid(request, [{"field": error.field, "message": error.message}])
    if isinstance(error, HttpError):
        note_reason(request, error.message)
        return problem(HTTPStatus(error.status_code), detail=error.message)
    status = _status_of(error)
    assert status is not None
    note_reason(request, str(error))
    if isinstance(error, _DJANGOS_OWN):
        return problem(status)
    detail = PRICES_AWAY if isinstance(error, _NO_PRICES) else str(error)
    return problem(status, kind=_kind(error), detail=detail, **_members(error))


def _page(request: HttpRequest, status: HTTPStatus, detail: str) -> HttpResponse:
    context = {"status": status, "detail": detail}
    return with_headers(render(request, "problem.html", context, status=status))


def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    extra = {"path": request.path, "error": str(error)}
    logger.error("request failed", exc_info=error, extra=extra)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR)


def _status_of(error: Exception) -> HTTPStatus | None:
    if isinstance(error, images.PhotoInvalid):
        return HTTPStatus(error.status)
    if isinstance(error, messaging.RequestRefused) and error.code >= 500:
        return HTTPStatus.BAD_GATEWAY  # The responder itself has failed.
    return next((STATUS[known] for known in type(error).__mro__ if known in STATUS), None)


def _members(error: Exception) -> dict[str, Any]:
    if isinstance(error, orders.TotalDiffers):
        return {"expected_total": float(error.expected), "actual_total": float(error.actual)}
    return {}


def _invalid(request: HttpRequest, errors: list[dict[str, str]]) -> HttpResponse:
    detail = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
    note_reason(request, detail)
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, kind="invalid-request", detail=detail, errors=errors
    )


def _field_error(found: dict[str, Any]) -> dict[str, str]:
    # ninja's place is ("body", "order", "lines", 0, "sku"): the source and the name of our
    # argument mean nothing to a client.
    source, *place = found["loc"]
    if source == "body" and len(place) > 1:
        place = place[1:]
    return {"field": ".".join(map(str, place)) or source, "message": found["msg"]}


def _kind(error: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
