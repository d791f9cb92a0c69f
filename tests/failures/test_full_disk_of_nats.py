"""The disk of a nats-server is full: events wait, and after its restart each is stored once."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.models import OutboxMessage
from apps.messaging.outbox import jetstream_publisher
from apps.messaging.outbox.relay import relaying
from tests.failures.promises import until_all_is_sent
from tests.messaging.support.brokers import provision, stored
from tests.messaging.support.events import make_consumer
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.small_disk import full, needs_root, small_disk
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), needs_root, pytest.mark.one_database]

# The rest of the last block has room for a few more.
MORE_THAN_FITS = [f"full-{number}" for number in range(60)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    # The server reserves the full size of the stream, but writes nothing there.
    with small_disk(tmp_path / "disk", size="3g") as place:
        yield place


@pytest.fixture
def server(disk: Path, settings: Settings) -> Iterator[NatsServer]:
    server = NatsServer(folder=disk / "nats")
    with ExitStack() as stack:
        server.start()
        stack.callback(server.stop)
        settings.NATS_URL = server.url
        provision(server, make_consumer(print))
        yield server


def test_events_wait_for_disk_space_and_are_stored_once(
    disk: Path,
    server: NatsServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(jetstream_publisher, "ACK_DEADLINE", 0.5)
    with running(relaying):
        record("before")
        until_all_is_sent()
        with full(disk):
            record(*MORE_THAN_FITS)
            eventually(lambda: "destination waits" in caplog.messages, what="the log says why")
        record("room again")
        tried = OutboxMessage.objects.filter(key="room again", not_before__isnull=False)
        eventually(tried.exists, what="the stream takes none of it, though there is room")
        server.stop()
        server.start()
        until_all_is_sent(within=30)
    assert stored(server) == len(MORE_THAN_FITS) + 2
    waits = next(each for each in caplog.records if each.message == "destination waits")
    assert "until nats-server is started again" in str(getattr(waits, "error", ""))
