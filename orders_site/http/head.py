"""HEAD at the API: the status and the headers of GET, without the body (RFC 9110, 9.3.2)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orders_site.http.problems import is_api


def head_like_get(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask the API by GET, since its library knows no HEAD; none of its answers is a stream."""

    def ask(request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD" or not is_api(request):
            return answer(request)
        request.method = "GET"
        response = answer(request)
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
        return response

    return ask
