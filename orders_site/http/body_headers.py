"""Headers that say how a body is to be read; one that we cannot obey is refused, never ignored.

Django takes a length that is missing for 0 and a form of an unknown type for an empty one, and
the visitor would be told of fields that are missing.
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
"""How the server of `runserver` begins to say what it is."""
SAFE = {"GET", "HEAD", "OPTIONS"}


def body_size(request: HttpRequest) -> int:
    """Return what the request says of its body; 0 where it says nothing that can be read."""
    text = _length(request)
    return int(text) if _is_number(text) else 0


def is_without_length(request: HttpRequest) -> bool:
    """Whether there is, or may be, a body that ends somewhere: Django would read none of it."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        return True
    if _length(request) or not request.META.get("SERVER_PROTOCOL", "").startswith("HTTP/2"):
        return False
    # HTTP/2 has no header for it. The read ends at once where there is no body.
    return request.method not in SAFE and bool(request.META["wsgi.input"].read(1))


def unreadable_body_answer(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Return the answer to a request whose body we cannot read, and None for all others."""
    return _length_error(request) or _encoding_error(request) or _type_error(request, view_name)


def close_connection(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the same answer, after which the server closes the connection.

    The body is left unread: what is sent next by the same connection would be lost.
    """
    if not request.META.get("SERVER_SOFTWARE", "").startswith(WSGIREF):
        response.headers["Connection"] = "close"
        return response
    # There that header is the server's alone, and it closes after what has no length.
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
    """A form, or a file, is known by its type alone.

    So is JSON: another site's page cannot send what is called so, as a browser would ask us first.
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
