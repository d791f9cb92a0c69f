"""Error answers for programs: problems of RFC 9457."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

API = "/api/"
"""The path of the API in `urls.py`, below the prefix of the site."""


def is_api(request: HttpRequest) -> bool:
    """Return whether the request is for the API, whose errors are problems and not pages."""
    return request.path_info.startswith(API)


def problem(
    status: HTTPStatus, *, kind: str = "", detail: str = "", **members: Any
) -> HttpResponse:
    """Return a problem of RFC 9457; programs distinguish problems by `kind`."""
    body = {
        "type": f"urn:problem:{kind}" if kind else "about:blank",
        "title": kind.replace("-", " ").capitalize() or status.phrase,
        "status": status.value,
        "detail": detail or status.description or status.phrase,
        **members,
    }
    return with_headers(JsonResponse(body, status=status, content_type="application/problem+json"))


def with_headers(response: HttpResponse) -> HttpResponse:
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    elif response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
