"""An HTTP client that uses only the standard library."""

import json
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.support.waiting import at_most

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer with any status."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Web:
    """One server; each request is a connection of its own, so that threads may share it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._host = urlsplit(url).netloc

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send JSON; `Idempotency_Key="..."` is the header `Idempotency-Key`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        json_type = {"Content-Type": "application/json"}
        return self.send("POST", path, json.dumps(body).encode(), json_type | named)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(self._host, timeout=at_most(TIMEOUT_SECONDS))
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return Answer(status=response.status, headers=response.headers, body=response.read())
        finally:
            connection.close()
