"""`/metrics` of a worker: one real process, and what strangers send to its port."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from apps.messaging.metrics import serving
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.processes import ROOT, environment_of, worker_process
from tests.support.scraped import scraped, until_grown

pytestmark = pytest.mark.django_db(transaction=True)


def answer_to(port: int, request: bytes) -> bytes:
    """Return all that the server sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.usefixtures("teas_stream")
def test_a_worker_answers_with_what_it_has_done(nats_server: NatsServer) -> None:
    port = free_port()
    with worker_process("outbox_relay", nats_server, METRICS_PORT=str(port)):
        before = scraped(port)
        record("pot-1")
        until_grown(
            port,
            before,
            {
                "outbox_wait_seconds_count{jetstream}": 1.0,
                "outbox_publish_duration_seconds_count{jetstream}": 1.0,
                "outbox_rows_total{sent,jetstream}": 1.0,
            },
        )


def test_a_worker_without_a_port_loads_nothing_of_prometheus(nats_server: NatsServer) -> None:
    code = "import sys, workers.outbox_relay; print('prometheus_client' in sys.modules)"
    command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    environment = environment_of(nats_server) | {"PAGES": "false"}
    said = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout == "False\n"


def test_a_port_that_is_taken_ends_the_worker_with_one_line(nats_server: NatsServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "workers.outbox_relay"],
            cwd=ROOT,
            env=environment_of(nats_server) | {"METRICS_PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    said = f"METRICS_PORT={port} of 127.0.0.1 cannot be used (Address already in use): set it to"
    assert [line for line in ended.stderr.splitlines() if line] == [f"{said} a free port"]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /metrics?name=x HTTP/1.1", b"200 OK"),
        (b"GET /admin/ HTTP/1.1", b"404 Not Found"),
        (b"POST /metrics HTTP/1.1", b"405 Method Not Allowed"),
        (b"hello", b"400 Bad Request"),
    ],
)
def test_each_request_has_an_answer(metrics_port: int, request_line: bytes, status: bytes) -> None:
    answer = answer_to(metrics_port, request_line + b"\r\nHost: x\r\n\r\n")
    assert answer.split(b"\r\n")[0] == b"HTTP/1.1 " + status


def test_a_head_without_an_end_has_no_answer(metrics_port: int) -> None:
    assert answer_to(metrics_port, b"x" * (serving.LONGEST_REQUEST + 1)) == b""


def test_a_silent_client_is_let_go_of(metrics_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "SECONDS", 0.1)
    assert answer_to(metrics_port, b"GET /metrics") == b""


def test_more_clients_than_there_are_places_are_not_waited_for(metrics_port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", metrics_port)) for _ in range(serving.AT_ONCE)]
    try:
        with pytest.raises((OSError, urllib.error.URLError)):
            urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=30)
    finally:
        for each in silent:
            each.close()
