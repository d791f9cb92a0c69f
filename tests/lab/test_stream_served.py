"""Streams as the real server serves them: they take no thread from the shop."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from apps.lab.stream import MOST
from tests.ports import free_port
from tests.processes import ROOT, environment_of
from tests.servers import NatsServer
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST = b"GET /lab/live/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


def status_of(path: str, port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def is_up(port: int) -> bool:
    with suppress(OSError):
        return status_of("/healthz", port) == 200
    return False


@pytest.fixture
def port(nats_server: NatsServer) -> Iterator[int]:
    """The port of granian, as the demo runs it."""
    port = free_port()
    options = ["--interface=wsgi", "--host=127.0.0.1", f"--port={port}", "--workers=1"]
    options += ["--blocking-threads=32", "--workers-kill-timeout=2", "--log-level=error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "orders_site.wsgi:application"],
        cwd=ROOT,
        env=environment_of(nats_server),
    )
    eventually(lambda: is_up(port), within=30, what="granian answers")
    yield port
    server.terminate()
    server.wait(15)


def test_with_all_streams_taken_one_more_is_refused_and_the_shop_answers(port: int) -> None:
    with ExitStack() as windows:
        for _ in range(MOST):
            window = windows.enter_context(socket.create_connection(("127.0.0.1", port)))
            window.sendall(REQUEST)
            assert window.recv(15) == b"HTTP/1.1 200 OK"
        assert status_of("/lab/live/", port) == 503
        assert status_of("/", port) == 200
    # Nobody said goodbye: that they are gone shows at the next write.
    eventually(lambda: status_of("/lab/live/", port) == 200, what="there is room again")


def test_a_client_that_is_gone_at_once_leaves_no_trace(port: int) -> None:
    for _ in range(2 * MOST):
        with socket.create_connection(("127.0.0.1", port)) as window:
            window.sendall(REQUEST)
    eventually(lambda: status_of("/lab/live/", port) == 200, what="there is room again")
