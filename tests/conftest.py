"""Fixtures of all tests: the database they run on, and the real servers that some need."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_for_threads
from apps.messaging.events import in_flight
from apps.messaging.worker.lifecycle import beats
from apps.messaging.worker.threads import THREAD
from tests.messaging.support.brokers import forget
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.postgresql import postgresql

PATIENT_CALL_SECONDS = 10.0
"""Longer than moto takes on a busy machine; a test of a silent one sets its own."""
PATIENT_PROBE_SECONDS = 5.0
"""Longer than a part takes to answer on a busy machine; users wait `PROBE_SECONDS`."""
NOT_SLOW_SECONDS = 20.0
"""Longer than a busy machine or its disk may hold a handler up; to users `SLOW_AFTER` is slow."""
STRAY_SECONDS = 10.0
"""Longer than any call to a silent server may take."""

pytest_plugins = [
    "apps.messaging.testing.plugin",
    "tests.plugins.collected",
    "tests.plugins.committed",
    "tests.plugins.demos",
    "tests.plugins.parallel",
    "tests.plugins.processes",
    "tests.plugins.selection",
]


@pytest.fixture(scope="session", autouse=True)
def no_lab_in_this_process() -> None:
    """A heartbeat under test would otherwise let it watch the messages of all other tests."""
    beats.disconnect(dispatch_uid="lab")


@pytest.fixture(scope="session")
def postgresql_port() -> Iterator[int | None]:
    """A PostgreSQL server of our own, where `TEST_DATABASE=postgresql` says so."""
    if os.environ.get("TEST_DATABASE") != "postgresql":
        yield None
        return
    with postgresql() as port:
        yield port


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgresql_port: int | None) -> None:
    if postgresql_port:
        django_settings.DATABASES["default"]["PORT"] = postgresql_port


@pytest.fixture(scope="session")
def _nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def nats_server(_nats_server: NatsServer, settings: Settings) -> Iterator[NatsServer]:
    """A real nats-server with no streams yet, the one that the code under test connects to."""
    _nats_server.start()
    for left_behind in _nats_server.streams.glob("[!.]*"):  # One with a dot is being deleted.
        forget(_nats_server, left_behind.name)
    settings.NATS_URL = _nats_server.url
    nats_for_threads.close()  # A test without a server may have left it trying elsewhere.
    yield _nats_server
    nats_for_threads.close()


@pytest.fixture
def connected(nats_server: NatsServer) -> None:
    """Let this process have its connection, for which a broadcast or an offer waits but briefly."""
    nats_for_threads.connect(timeout=60)


@pytest.fixture(scope="session")
def _sqs_server() -> Iterator[MotoServer]:
    server = MotoServer()
    server.start()
    server.load("sqs", "AmazonSQS.ListQueues")
    yield server
    server.stop()


@pytest.fixture
def sqs_server(_sqs_server: MotoServer, settings: Settings) -> MotoServer:
    """A real SQS server without any queue, the one that the code under test connects to."""
    _sqs_server.start()
    _sqs_server.forget()
    settings.AWS_ENDPOINT_URL = _sqs_server.url
    settings.SQS_WAIT_SECONDS = 1
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, sqs_call=PATIENT_CALL_SECONDS)
    return _sqs_server


@pytest.fixture(scope="session", autouse=True)
def patient_probes() -> float:
    """Let each part answer before the status is shown; a test of times asks for `user_times`.

    Return the seconds for which the shop waits.
    """
    times = django_settings.LONGEST_TIMES
    django_settings.LONGEST_TIMES = replace(times, probe=PATIENT_PROBE_SECONDS)
    return times.probe


@pytest.fixture
def user_times(settings: Settings, patient_probes: float) -> None:
    """Wait for a part only as long as the shop does by default."""
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, probe=patient_probes)


@pytest.fixture(scope="session", autouse=True)
def handlers_are_in_time() -> None:
    """Begin no message beside one that a busy machine delays; a test of slow ones sets its own."""
    in_flight.SLOW_AFTER = NOT_SLOW_SECONDS


@pytest.fixture
def patient_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the verdict of the event loop, however late a busy machine makes it."""
    monkeypatch.setattr(nats_for_threads, "GRACE_SECONDS", 10.0)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def nothing_asked_any_more() -> Iterator[None]:
    """Wait for the requests of probes: one of an ended test would reach the next test's servers."""
    yield
    # A page of the lab starts it; tests without the lab do not import it.
    if lab := sys.modules.get("apps.lab.orders.snapshot"):
        lab.SNAPSHOT.stop(within=STRAY_SECONDS)
    until = time.monotonic() + STRAY_SECONDS
    while (left := until - time.monotonic()) > 0 and (asking := _blocking_calls()):
        with suppress(RuntimeError):  # One that is just being started cannot be joined yet.
            asking[0].join(left)


def _blocking_calls() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD]
