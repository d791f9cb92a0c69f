"""Rejects a request whose headers describe a body that the shop cannot read.

Django treats a missing length as 0 and a form of an unknown type as empty. The client would then
read that fields are missing.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from orders_site.http.errors import error_answer
from orders_site.http.problems import is_api

JSON = "application/json"
MULTIPART = "multipart/form-data"
FORMS = {"application/x-www-form-urlencoded", MULTIPART}
WSGIREF = "WSGIServer/"
"""Prefix of the server name that `runserver` reports."""
SAFE = {"GET", "HEAD", "OPTIONS"}


def body_size(request: HttpRequest) -> int:
    """Return the declared size of the body in bytes; 0 if it is absent or unreadable."""
    text = _length(request)
    return int(text) if _is_number(text) else 0


def is_without_length(request: HttpRequest) -> bool:
    """Return whether there is a body of undeclared length, of which Django would read nothing."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return True
    if _length(request) or not request.META.get("SERVER_PROTOCOL", "").startswith("HTTP/2"):
        return False
    # HTTP/2 has no header for it. The read ends at once if there is no body.
    return request.method not in SAFE and bool(request.META["wsgi.input"].read(1))


def unreadable_body_answer(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Return an error answer if the shop cannot read the request's body, else None."""
    return _length_error(request) or _encoding_error(request) or _type_error(request, view_name)


def close_connection(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the same answer, after which the server closes the connection.

    The body stays unread, so the next request on the same connection would be lost.
    """
    if not request.META.get("SERVER_SOFTWARE", "").startswith(WSGIREF):
        response.headers["Connection"] = "close"
        return response
    # `runserver` sets that header itself, and closes the connection after a stream.
    streamed = StreamingHttpResponse(
        iter(response), status=response.status_code, headers=response.headers
    )
    streamed.cookies = response.cookies
    return streamed


def _length_error(request: HttpRequest) -> HttpResponse | None:
    if is_without_length(request):
        detail = "the body came in chunks, without its length; send it with a Content-Length"
        return error_answer(
            request, HTTPStatus.LENGTH_REQUIRED, kind="length-required", detail=detail
        )
    if (text := _length(request)) and not _is_number(text):
        detail = f"the header Content-Length is no number: {text[:40]!r}"
        return error_answer(request, HTTPStatus.BAD_REQUEST, kind="bad-request", detail=detail)
    return None


def _encoding_error(request: HttpRequest) -> HttpResponse | None:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    return _unsupported_media(request, f"the body is encoded ({encoding[:40]!r}); send it as it is")


def _type_error(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Return an error answer if the content type does not fit the view, else None.

    Requiring JSON's type also protects from other sites: browsers ask before they send it.
    """
    if request.method != "POST" or not body_size(request):
        return None
    if view_name == "api:upload_photo" and request.content_type != MULTIPART:
        return _unsupported_media(request, f"a photo is sent as {MULTIPART}, in the field `photo`")
    if is_api(request):
        is_fine = view_name == "api:upload_photo" or request.content_type == JSON
        return None if is_fine else _unsupported_media(request, f"the body is sent as {JSON}")
    if request.content_type not in FORMS:
        return _unsupported_media(request, f"a form is sent as {' or '.join(sorted(FORMS))}")
    return None


def _unsupported_media(request: HttpRequest, detail: str) -> HttpResponse:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return error_answer(request, status, kind="unsupported-media-type", detail=detail)


def _length(request: HttpRequest) -> str:
    return str(request.META.get("CONTENT_LENGTH") or "")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
