"""An HTTP client for customers, with the standard library only."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple

from apps.demo.chaos.check import until

ANSWERS_WITHIN_SECONDS = 30.0


class PageAnswer(NamedTuple):
    status: int
    body: Any


class Web:
    """A client that threads may share: each request has a connection of its own."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get(self, path: str) -> PageAnswer:
        return self._send("GET", path)

    def status(self, field: str) -> Any:
        """Return a field of `/api/status`: it asks again, since a part may be late for once.

        Raises `NotWithin`.
        """
        answers: list[Any] = []

        def is_there() -> bool:
            answers.append(self.get("/api/status").body[field])
            return bool(answers[-1])

        until(is_there, within=ANSWERS_WITHIN_SECONDS, what=f"{field} are in /api/status")
        return answers[-1]

    def post(self, path: str, body: object = None, *, key: str = "", token: str = "") -> PageAnswer:
        named = {"Idempotency-Key": key, "Order-Token": token}
        headers = {name: value for name, value in named.items() if value}
        return self._send(
            "POST", path, json.dumps(body), headers | {"Content-Type": "application/json"}
        )

    def _send(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> PageAnswer:
        """Return the answer. Raises `OSError` if it does not arrive completely."""
        connection = HTTPConnection(self._address, timeout=10)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            text = response.read()
        except HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        is_json = "json" in (response.headers.get("Content-Type") or "")
        return PageAnswer(response.status, json.loads(text) if is_json else text)
