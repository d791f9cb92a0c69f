"""The links between the shop and its servers: slow, half cut, reset."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.grey.links import Links, opened
from tests.support.ports import free_port

HELD = 0.3
"""Seconds."""


@contextmanager
def echo() -> Iterator[int]:
    """A server that answers each line with itself."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client, client.makefile("rwb", buffering=0) as lines:
                for line in lines:
                    lines.write(line)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def links() -> Iterator[Links]:
    with echo() as port, opened({"tea": port, "cups": port}) as links:
        yield links


def client_of(links: Links, name: str = "tea") -> socket.socket:
    return socket.create_connection(("127.0.0.1", links.port(name)), timeout=10)


def seconds_until_answered(client: socket.socket) -> float:
    began = time.monotonic()
    client.sendall(b"x\n")
    assert client.recv(100) == b"x\n"
    return time.monotonic() - began


def test_a_slow_link_delays_each_answer_and_loses_none(links: Links) -> None:
    with client_of(links) as client:
        with links.late("tea", HELD):
            assert seconds_until_answered(client) >= HELD
            began = time.monotonic()
            client.sendall(b"a\nb\n")
            client.recv(1)
            assert time.monotonic() - began < 10 * HELD, "several are late together"
            while client.recv(100)[-2:] != b"b\n":
                pass
        client.sendall(b"again\n")
        assert client.recv(100) == b"again\n"


def test_a_slow_link_leaves_the_others_as_they_are(links: Links) -> None:
    with links.late("tea", 600), client_of(links, "cups") as client:
        seconds_until_answered(client)


def test_a_half_cut_link_holds_back_answers_until_repaired(links: Links) -> None:
    with client_of(links) as client:
        seconds_until_answered(client)
        with links.without_answers("tea"):
            client.sendall(b"x\n")
            client.settimeout(HELD)
            with pytest.raises(TimeoutError):
                client.recv(100)
        client.settimeout(10)
        assert client.recv(100) == b"x\n"


def test_a_connection_that_the_server_resets_ends_alone() -> None:
    """A reader that never ends would take the processor, and each other connection with it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        opened({"tea": server.getsockname()[1]}) as links,
    ):
        for _ in range(2):
            with client_of(links) as client:
                accepted, _ = server.accept()
                client.sendall(b"tea\n")
                assert accepted.recv(100) == b"tea\n"
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                accepted.close()
                assert client.recv(100) == b""


def test_a_client_is_disconnected_while_the_server_is_away() -> None:
    with opened({"tea": free_port()}) as links, client_of(links) as client:
        assert client.recv(1) == b"", "it is closed at once"
