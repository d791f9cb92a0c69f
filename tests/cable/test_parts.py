"""The parts of `make prove ORDERS=…`; the command runs them whole."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from orders_site.conf.worker_processes import WORKERS
from tests.cable import settings as doubled
from tests.cable.cable import ADDRESS_THERE, Cable, NoCable, laid
from tests.cable.command import main

PORT = "7007"
SAY_AGAIN = f"""
import socket
with socket.create_server(("{ADDRESS_THERE}", {PORT})) as server:
    print("listens", flush=True)
    client, _ = server.accept()
    while data := client.recv(65536):
        client.sendall(data)
"""
ASK = f"""
import socket, sys
with socket.create_connection(("{ADDRESS_THERE}", {PORT}), timeout=30) as server:
    for line in sys.stdin.buffer:
        server.sendall(line)
        missing = len(line)
        while missing:
            missing -= len(server.recv(missing))
        print("answered", flush=True)
"""
HELD = 0.5
"""Seconds in which nothing may come through."""


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    try:
        with laid() as cable:
            yield cable
    except NoCable as error:
        pytest.skip(str(error))


@pytest.fixture
def ask(cable: Cable) -> Iterator["subprocess.Popen[bytes]"]:
    """A process at this end; each line on its input is said again by one at the other."""
    pipe = subprocess.PIPE
    there = [*cable.at(cable.there), sys.executable, "-c", SAY_AGAIN]
    here = [*cable.at(cable.here), sys.executable, "-c", ASK]
    with subprocess.Popen(there, stdout=pipe) as server:
        assert server.stdout
        assert server.stdout.readline() == b"listens\n"
        with subprocess.Popen(here, stdin=pipe, stdout=pipe) as asking:
            yield asking
            assert asking.stdin
            asking.stdin.close()
        server.kill()


def seconds_for(asking: "subprocess.Popen[bytes]", line: bytes) -> float:
    assert asking.stdin
    assert asking.stdout
    began = time.monotonic()
    asking.stdin.write(line)
    asking.stdin.flush()
    assert asking.stdout.readline() == b"answered\n"
    return time.monotonic() - began


def test_bytes_sent_over_a_cut_cable_arrive_after_repair(
    cable: Cable, ask: "subprocess.Popen[bytes]"
) -> None:
    seconds_for(ask, b"before\n")
    assert ask.stdin
    assert ask.stdout
    with cable.cut():
        ask.stdin.write(b"meanwhile\n")
        ask.stdin.flush()
        os.set_blocking(ask.stdout.fileno(), False)
        time.sleep(HELD)  # The test waits for silence.
        assert ask.stdout.read() is None
    os.set_blocking(ask.stdout.fileno(), True)
    assert ask.stdout.readline() == b"answered\n"


def test_a_slow_cable_delays_bytes(cable: Cable, ask: "subprocess.Popen[bytes]") -> None:
    """At 32 KB a second in each direction, but for the first 16 KB."""
    line = b"x" * 80_000 + b"\n"
    seconds_for(ask, line)
    with cable.slow():
        assert seconds_for(ask, line) > 1


def test_a_removed_cable_leaves_no_namespace(cable: Cable) -> None:
    with laid() as another:
        assert another.here in namespaces()
    assert another.here not in namespaces()
    assert another.there not in namespaces()


def namespaces() -> str:
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    return listed.stdout


def test_the_command_is_skipped_with_a_reason_without_root(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert main(["2000"]) == 0
    assert capsys.readouterr().err.startswith("skipped: ")


def test_every_worker_except_beat_runs_twice() -> None:
    assert doubled.WORKERS.keys() == WORKERS.keys()
    ones = {name for name, count in doubled.WORKERS.items() if count < 2}
    assert ones == {"beat"}
