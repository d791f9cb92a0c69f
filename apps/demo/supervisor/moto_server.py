"""The SQS of the demo: moto's server with a quick clock, open connections, and a quiet log."""

import logging
import sys
import time
import traceback
from http import HTTPStatus
from io import BytesIO

from moto import server
from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.sqs import models
from werkzeug.test import run_wsgi_app

_HOPS = {"connection", "content-length", "transfer-encoding"}
"""Headers of one connection alone, which are written here."""


class OpenConnections(MotoRequestHandler):
    """Answers many requests on one connection, as AWS does.

    werkzeug (3.1) closes each connection after its answer, waits for more bytes of it, and needs a
    new thread for the next: for a short message that is half of what it costs.
    """

    protocol_version = "HTTP/1.1"
    # The whole answer in one packet: else each waits for the acknowledgement of its first half.
    wbufsize = 64 * 1024

    def run_wsgi(self) -> None:
        if "Transfer-Encoding" in self.headers or "Expect" in self.headers:
            super().run_wsgi()
            self.close_connection = True
            return
        # All of it, also if moto reads none: the next request begins behind it.
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environ = self.make_environ() | {"wsgi.input": BytesIO(body)}
        try:
            answer, status, headers = run_wsgi_app(self.server.app, environ)
            content = b"".join(answer)
        except Exception:  # moto does not know every call; it goes on with the next one.
            self.server.log("error", "Error on request:\n%s", traceback.format_exc())
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        code, _, words = status.partition(" ")
        self.send_response(int(code), words)
        for name, text in headers:
            if name.lower() not in _HOPS:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


def keep_connections_open() -> None:
    """Let moto's server answer by `OpenConnections`."""
    vars(server).update(MotoRequestHandler=OpenConnections)


def tell_time_quickly() -> None:
    """Let moto's SQS ask the system for the time.

    moto (5.2) builds four `datetime` for it, and does so twice for each message of a queue whenever
    one is received: with 600 mails in the queue that is most of what a mail costs.
    """
    vars(models).update(unix_time=time.time, unix_time_millis=lambda: time.time() * 1000)


if __name__ == "__main__":
    # Long polls alone make several requests a second.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    tell_time_quickly()
    keep_connections_open()
    server.main(sys.argv[1:])
