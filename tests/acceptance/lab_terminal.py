"""The terminal in the lab's page as one more client: lines are sent as its script sends them."""

import json
import re
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode, urlsplit

from tests.acceptance.clients import Client
from tests.acceptance.typed import Typed

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
CONTINUED = re.compile(r"\\\n *")
TIMEOUT = 120.0
"""Seconds without a piece; a silent line writes one each half second."""


class TypedInThePage(Typed):
    """A line that runs in the page; `printed` is what it has shown."""

    def __init__(self, url: str, line: str, variables: dict[str, str]) -> None:
        self._host = urlsplit(url).netloc
        self._lines: list[str] = []
        self._code: int | None = None
        self._connection = HTTPConnection(self._host, timeout=TIMEOUT)
        self._begin(line, variables)
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def printed(self) -> str:
        return "\n".join(self._lines)

    @property
    def failed(self) -> bool:
        return self._code not in (None, 0)

    def ended(self, *, within: float) -> int:
        self._reader.join(within)
        assert self._code is not None, f"still running after {within} s: {self.printed}"
        return self._code

    def stop(self) -> None:
        """Press Ctrl-C: the page closes the answer."""
        if self._connection.sock is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(TIMEOUT)
        self._connection.close()

    def _begin(self, line: str, variables: dict[str, str]) -> None:
        page = HTTPConnection(self._host, timeout=TIMEOUT)
        page.request("GET", "/lab/terminal/")
        answer = page.getresponse()
        cookie = str(answer.headers["Set-Cookie"]).partition(";")[0]
        token = TOKEN.search(answer.read().decode())
        page.close()
        assert token
        fields = {"line": line, "window": uuid.uuid4().hex, "csrfmiddlewaretoken": token[1]}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self._connection.request(
            "POST", "/lab/terminal/run/", urlencode(fields | variables), headers
        )
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, self._answer.status

    def _read(self) -> None:
        with suppress(OSError, HTTPException):  # The line was stopped.
            while self._code is None and (line := self._answer.readline()):
                piece = json.loads(line)
                self._lines += [piece["say"]] if "say" in piece else []
                self._code = piece.get("code")


@dataclass(frozen=True, kw_only=True)
class PageClient(Client):
    """Types a line into the page of the shop that `SHOP_URL` names."""

    def type(self, lines: str, *, goes_on: bool, folder: Path, exports: dict[str, str]) -> Typed:
        line = CONTINUED.sub("", lines)
        handle = {name: exports[name] for name in ("RECEIPT_HANDLE",) if name in exports}
        return TypedInThePage(exports["SHOP_URL"], line, handle)


IN_THE_PAGE = PageClient(name="in the page", language="Shell")
