"""`web` as it is run: granian or `runserver` before the shop, on a test's database and servers."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.processes import environment_of
from tests.support.python import Program
from tests.support.waiting import at_most, eventually


@contextmanager
def web(nats_server: NatsServer, *, prefix: str = "", **environment: str) -> Iterator[int]:
    """Run granian until the block ends; yield its port. `prefix` is the folder it is served at."""
    port = free_port()
    options = ["--interface=rsgi", "--no-ws", "--host=127.0.0.1", f"--port={port}", "--workers=1"]
    options += ["--workers-kill-timeout=2", "--log-level=error"]
    command = ["-m", "granian", *options, "orders_site.rsgi:application"]
    below = {"GRANIAN_URL_PATH_PREFIX": prefix}
    with _serving(command, environment_of(nats_server) | below | environment):
        eventually(lambda: is_up(port, prefix), within=30, what="granian answers")
        yield port


@contextmanager
def runserver(nats_server: NatsServer) -> Iterator[int]:
    """Run Django's own server until the block ends; yield its port."""
    port = free_port()
    command = ["manage.py", "runserver", "--noreload", "--skip-checks", str(port)]
    with _serving(command, environment_of(nats_server)):
        eventually(lambda: is_up(port), within=30, what="runserver answers")
        yield port


@contextmanager
def _serving(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    server = Program(*command, env=environment)
    try:
        yield
    finally:
        server.terminate()
        server.wait(at_most(15))


def is_up(port: int, prefix: str = "") -> bool:
    with suppress(OSError):
        return status_of(f"{prefix}/healthz", port) == 200
    return False


def status_of(path: str, port: int) -> int:
    try:
        url = f"http://127.0.0.1:{port}{path}"
        with urllib.request.urlopen(url, timeout=at_most(10)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
