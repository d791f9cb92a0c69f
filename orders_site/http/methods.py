"""A method that an address does not take is answered 405 before the CSRF token is checked.

Django checks the token first, so a PUT without one is "403, token missing", even where no token
helps. This only rejects: Django checks the token of what passes as before.
"""

from collections.abc import Callable, Sequence
from inspect import getclosurevars, isfunction, unwrap
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from orders_site.http.problems import is_api

_READ = ("GET", "HEAD", "OPTIONS")
"""They need no token; the view itself answers 405 where it does not take one of them."""
_TAKEN_BY_PAGES = ("GET", "HEAD", "POST", "OPTIONS")
"""By pages that do not name their methods: those of the admin, whose forms send nothing else."""


class MethodsFirst:
    """Middleware that stands before the one of CSRF."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # An exempt view checks its methods itself, with no token before that: each one of the API.
        if request.method in _READ or getattr(view, "csrf_exempt", False):
            return None
        # What is left of the API is its description, which is only read.
        taken = _named_by(view) or (("GET", "HEAD") if is_api(request) else _TAKEN_BY_PAGES)
        return None if request.method in taken else HttpResponseNotAllowed(taken)


def _named_by(view: Callable[..., Any]) -> Sequence[str]:
    """Return the methods that `require_http_methods` and its like were given; empty without one.

    Django keeps them in a variable of the decorator's closure alone.
    """
    found: list[Sequence[str]] = []

    def look(each: Callable[..., Any]) -> bool:
        if isfunction(each):
            found.extend(filter(None, [getclosurevars(each).nonlocals.get("request_method_list")]))
        return bool(found)

    unwrap(view, stop=look)
    return found[0] if found else ()
