"""Requests from granian, and the WSGI environ that Django gets for them."""

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from orders_site.http.wsgi_environ import environ_of, path_below


def environ(*headers: tuple[str, str], **scope: Any) -> dict[str, Any]:
    values = {
        "method": "GET",
        "path": "/é",
        "query_string": "q=%C3%A9",
        "server": "127.0.0.1:8000",
        "client": "[2001:db8::1]:999",
        "scheme": "http",
        "http_version": "1.1",
        "authority": None,
        "headers": SimpleNamespace(items=lambda: list(headers)),
    }
    asked: Any = SimpleNamespace(**values | scope)
    return environ_of(asked, prefix="/shop", path=asked.path, body=BytesIO())


@pytest.mark.parametrize(
    ("prefix", "path", "below"),
    [
        ("", "/x", "/x"),
        ("/shop", "/shop/x", "/x"),
        ("/shop", "/shop", "/"),
        ("/shop", "/shops/x", None),
        ("/shop", "/x", None),
    ],
)
def test_an_address_outside_of_the_prefix_is_not_found(
    prefix: str, path: str, below: str | None
) -> None:
    assert path_below(prefix, path) == below


def test_the_wsgi_environ_is_complete() -> None:
    values = environ()
    assert (values["SCRIPT_NAME"], values["PATH_INFO"]) == ("/shop", "/\xc3\xa9")
    assert values["REMOTE_ADDR"] == "2001:db8::1"
    assert (values["SERVER_NAME"], values["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert values["SERVER_PROTOCOL"] == "HTTP/1.1"


def test_a_header_with_an_underscore_does_not_pass_for_another() -> None:
    values = environ(("x_forwarded_for", "203.0.113.7"), ("x-forwarded-proto", "https"))
    assert "HTTP_X_FORWARDED_FOR" not in values
    assert values["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_repeated_header_is_joined() -> None:
    values = environ(("cookie", "a=1"), ("cookie", "b=2"), ("accept", "a"), ("accept", "b"))
    assert (values["HTTP_COOKIE"], values["HTTP_ACCEPT"]) == ("a=1; b=2", "a,b")


def test_the_host_of_http_2_is_its_authority() -> None:
    assert environ(authority="shop.example", http_version="2")["HTTP_HOST"] == "shop.example"
