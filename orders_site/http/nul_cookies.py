"""A cookie with a NUL is ignored: PostgreSQL raises an error for a session key that has one."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase


def drop_nul_cookies(
    answer: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Forget such cookies. No header has a NUL, but Django reads `\\000` between quotes as one."""

    def ask(request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, text in request.COOKIES.items() if "\x00" in text]:
            del request.COOKIES[name]
        return answer(request)

    return ask
