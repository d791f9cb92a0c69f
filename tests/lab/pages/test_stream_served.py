"""Streams on the real server: they leave threads for the shop."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from apps.lab.pages.stream import MOST
from tests.support.nats_server import NatsServer
from tests.support.served import status_of, web
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

REQUEST = b"GET /lab/live/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"


@pytest.fixture
def port(nats_server: NatsServer) -> Iterator[int]:
    with web(nats_server) as port:
        yield port


def test_the_shop_answers_with_all_streams_open(port: int) -> None:
    with ExitStack() as windows:
        for _ in range(MOST):
            window = windows.enter_context(socket.create_connection(("127.0.0.1", port)))
            window.sendall(REQUEST)
            assert window.recv(15) == b"HTTP/1.1 200 OK"
        assert status_of("/lab/live/", port) == 503
        assert status_of("/", port) == 200
    # The server notices closed connections at its next write.
    eventually(lambda: status_of("/lab/live/", port) == 200, what="there is room again")


def test_a_client_that_leaves_at_once_frees_its_place(port: int) -> None:
    for _ in range(2 * MOST):
        with socket.create_connection(("127.0.0.1", port)) as window:
            window.sendall(REQUEST)
    eventually(lambda: status_of("/lab/live/", port) == 200, what="there is room again")
