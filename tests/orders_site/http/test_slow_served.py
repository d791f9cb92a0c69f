"""The real server with slow partners: stopped servers and clients occupy no thread for long.

`/healthz` has a second for each answer, and more on a crowded machine: the server shares its
processors with all other tests, so that a thread needs time to start.
"""

import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest

from apps.messaging.handling.watchdog import STOOD_STILL
from apps.orders.models import Order
from orders_site.http.server import PATIENCE_SECONDS, THREADS
from tests.orders.factories import make_order
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.postgresql import make_database, postgresql
from tests.support.processes import environment_of
from tests.support.python import Program, run_python
from tests.support.served import is_up, status_of, web
from tests.support.silent import stopped
from tests.support.waiting import crowding, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

TIMES = 20


def healthz_answers(port: int) -> None:
    """Raises `TimeoutError` where one of them waits for what never comes."""
    for _ in range(TIMES):
        url = f"http://127.0.0.1:{port}/healthz"
        with urllib.request.urlopen(url, timeout=10 * crowding()) as answer:
            assert answer.read() == b"ok\n"


def test_slow_bodies_take_no_thread_of_the_server(nats_server: NatsServer) -> None:
    """More than there are threads."""
    with web(nats_server, BODY_SECONDS="120") as port, ExitStack() as clients:
        slow = [clients.enter_context(half_sent_form(port)) for _ in range(THREADS + 1)]
        healthz_answers(port)
        assert status_of("/", port) == 200
        for client in slow:
            client.send(b"=b")
        answers = {client.getresponse().status for client in slow}
    assert answers == {403}, "a form without its token"


@contextmanager
def half_sent_form(port: int) -> Iterator[HTTPConnection]:
    """Yield a connection on which one byte of three was sent."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=20 * crowding())) as client:
        client.putrequest("POST", "/checkout/")
        client.putheader("Content-Type", "application/x-www-form-urlencoded")
        client.putheader("Content-Length", "3")
        client.endheaders(b"a")
        yield client


def test_probes_of_a_stopped_sqs_leave_pages_their_threads(
    nats_server: NatsServer, sqs_server: MotoServer
) -> None:
    process = sqs_server.process
    assert process
    with (
        web(nats_server, AWS_ENDPOINT_URL=sqs_server.url) as port,
        ThreadPoolExecutor(2 * THREADS) as asking,
    ):
        assert status_of("/", port) == 200
        with stopped(process.pid):
            probes = [
                asking.submit(status_of, path, port)
                for path in ("/readyz", "/readyz/all", "/metrics", "/api/status") * (THREADS // 2)
            ]
            healthz_answers(port)
            assert status_of("/", port) == 200
            assert {each.result(10 * crowding()) for each in probes} <= {200, 503}
        eventually(lambda: status_of("/metrics", port) == 200, what="it answers as before")


def test_pages_that_wait_for_a_stopped_postgresql_are_given_back(nats_server: NatsServer) -> None:
    with (
        a_shop_on_postgresql(nats_server) as (pid, url),
        web(nats_server, DATABASE_URL=url) as port,
        ThreadPoolExecutor(2 * THREADS) as asking,
    ):
        assert status_of("/", port) == 200
        with all_stopped(pid):
            pages = [asking.submit(status_of, "/", port) for _ in range(2 * THREADS)]
            healthz_answers(port)
            # More requests than threads: the others get a 503.
            eventually(
                lambda: sum(each.done() for each in pages) >= len(pages) - THREADS,
                within=2 * PATIENCE_SECONDS,
                what="requests without a thread are answered",
            )
            healthz_answers(port)
            assert status_of("/readyz", port) == 503
        eventually(lambda: status_of("/", port) == 200, within=20, what="the shop is back")


@contextmanager
def a_shop_on_postgresql(nats_server: NatsServer) -> Iterator[tuple[int, str]]:
    """Yield the server's process id and the address of a database with our tables."""
    with postgresql() as port:
        url = make_database(port, "shop")
        environment = environment_of(nats_server) | {"DATABASE_URL": url}
        run_python("manage.py", "migrate", "--verbosity=0", env=environment, check=True)
        with psycopg.connect(url) as connection:
            pid = parent_of(connection.info.backend_pid)
        yield pid, url


@contextmanager
def all_stopped(pid: int) -> Iterator[None]:
    """Stop a server with the processes that it has forked: each connection is one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    with ExitStack() as stops:
        # A parent that runs it as another user stops with it, and does not continue by itself.
        stops.callback(os.kill, parent_of(pid), signal.SIGCONT)
        for each in (pid, *map(int, children)):
            stops.enter_context(stopped(each))
        yield


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def mortal_web(nats_server: NatsServer, **environment: str) -> Iterator[tuple[int, Program]]:
    """Yield its port, and granian, which may end before the block does."""
    options = ("--interface=rsgi", "--no-ws", f"--port={(port := free_port())}", "--workers=1")
    command = ("-m", "granian", *options, "orders_site.rsgi:application")
    server = Program(*command, env=environment_of(nats_server) | environment)
    try:
        eventually(lambda: is_up(port), within=30, what="granian answers")
        yield port, server
    finally:
        server.kill()
        server.wait()


@pytest.mark.slow
def test_a_request_that_hangs_in_its_transaction_ends_web_and_frees_the_order(
    nats_server: NatsServer,
) -> None:
    order = make_order()
    hangs = {"REQUEST_SECONDS": "1", "FAILPOINTS": "outbox.recorded=delay:seconds=600"}
    with mortal_web(nats_server, **hangs) as (port, server), ThreadPoolExecutor(1) as asking:
        cancelled = asking.submit(cancel, order, port)
        healthz_answers(port)
        assert server.wait(60 * crowding()) != 0, "so that it is restarted"
        assert isinstance(cancelled.exception(10), OSError)
    assert Order.objects.filter(id=order.id).update(reason="free") == 1
    order.refresh_from_db()
    assert order.status == Order.Status.PLACED


def cancel(order: Order, port: int) -> None:
    url = f"http://127.0.0.1:{port}/api/orders/{order.id}/cancel"
    asked = urllib.request.Request(url, method="POST", headers={"Order-Token": order.token})
    with urllib.request.urlopen(asked, timeout=60 * crowding()):
        pass


def test_a_web_with_a_blocked_loop_ends(
    nats_server: NatsServer,
) -> None:
    with mortal_web(nats_server, STANDSTILL_SECONDS="5") as (_, server):
        (serving,) = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[-1:]
        with stopped(int(serving)), pytest.raises(subprocess.TimeoutExpired):
            server.wait(7)
        assert server.wait(20 * crowding()) == STOOD_STILL
