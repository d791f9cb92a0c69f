"""An answer to a program that something did not work: a problem of RFC 9457."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

API = "/api/"
"""Where `urls.py` puts the API, below whatever prefix the site is served at."""


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, to whom an error is a problem and no page."""
    return request.path_info.startswith(API)


def problem(
    status: HTTPStatus, *, kind: str = "", detail: str = "", **members: Any
) -> HttpResponse:
    """Return a problem of RFC 9457; `kind` is what a program can tell it by."""
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
