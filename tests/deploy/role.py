"""The agent that lends the keys of a role to a container, as at AWS."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Role(ThreadingHTTPServer):
    """Lends keys for a while, as the agent of a container at AWS does to a task with a role."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keys)
        self.url = f"http://127.0.0.1:{self.server_port}/keys"
        self.asked = 0


class _Keys(BaseHTTPRequestHandler):
    server: Role

    def do_GET(self) -> None:
        self.server.asked += 1
        until = datetime.now(UTC) + timedelta(hours=1)
        keys = {
            "AccessKeyId": "ASIA" + secrets.token_hex(8).upper(),
            "SecretAccessKey": secrets.token_urlsafe(30),
            "Token": secrets.token_urlsafe(60),
            "Expiration": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        }
        body = json.dumps(keys).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing: the tests' output is for failures."""


@contextmanager
def role() -> Iterator[Role]:
    with Role() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
