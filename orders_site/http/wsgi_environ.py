"""Converts an RSGI request to a WSGI environment (PEP 3333)."""

import sys
from typing import IO, Any

from granian.rsgi import Scope

_NOT_HTTP = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def path_below(prefix: str, path: str) -> str | None:
    """Return the path without the prefix; None if it is not below the prefix."""
    if not prefix:
        return path
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else None


def environ_of(scope: Scope, *, prefix: str, path: str, body: IO[bytes]) -> dict[str, Any]:
    """Return it with the body as `wsgi.input`."""
    host, port = _address(scope.server)
    return {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": _as_latin(prefix),
        "PATH_INFO": _as_latin(path),
        "QUERY_STRING": _as_latin(scope.query_string),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _address(scope.client)[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **_headers(scope),
    }


def _headers(scope: Scope) -> dict[str, str]:
    # HTTP/2 sends the host in `:authority`.
    headers = {"HTTP_HOST": scope.authority} if scope.authority else {}
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # The environment would confuse it with the name that has a hyphen.
        key = _NOT_HTTP.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        separator = "; " if name == "cookie" else ","
        headers[key] = f"{headers[key]}{separator}{value}" if key in headers else value
    return headers


def _address(text: str) -> tuple[str, str]:
    """Split `127.0.0.1:80` or `[::1]:80`; a socket of Unix has neither part."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), port


def _as_latin(text: str) -> str:
    """WSGI's strings hold a byte in each character."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
