"""The machine of a nats-server loses its power: what it has acknowledged is there, if it syncs."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from pytest_django.fixtures import Settings

from apps.messaging.message import MESSAGE_ID
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from tests.failures.promises import until_all_is_sent
from tests.messaging.support.brokers import on_nats, provision
from tests.messaging.support.events import TEAS, make_consumer
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.power_cut import Disk, disk_of_its_own, needs_a_disk
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), needs_a_disk, pytest.mark.one_database]

MANY = [f"pot-{number % 7}" for number in range(120)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    # The server reserves the full size of the stream, but writes nothing there.
    with disk_of_its_own(tmp_path, size="3G") as disk:
        yield disk


@contextmanager
def server_with_a_stream(
    disk: Disk, settings: Settings, *, sync_interval: str
) -> Iterator[NatsServer]:
    """Yield a server whose stream is on the disk; of its messages nothing is certain."""
    config = f"jetstream {{ sync_interval: {sync_interval} }}"
    server = NatsServer(folder=disk.place / "nats", config=config)
    with ExitStack() as stack:
        server.start()
        stack.callback(server.kill)
        settings.NATS_URL = server.url
        provision(server, make_consumer(print))
        disk.sync()
        yield server


def cut(disk: Disk, server: NatsServer) -> set[str]:
    """Cut the power while the relay works; return the ids that it has marked as sent until then."""
    with running(relaying):
        record("the first goes alone, the next in batches")
        until_all_is_sent()
        record(*MANY)
        eventually(lambda: OutboxMessage.objects.filter(sent_at__isnull=False).count() > 20)
        disk.cut_power()
        server.kill()
    sent = OutboxMessage.objects.filter(sent_at__isnull=False)
    return {str(each) for each in sent.values_list("message_id", flat=True)}


def start_again(disk: Disk, server: NatsServer) -> None:
    disk.start_again()
    server.start()


def stored_ids(server: NatsServer) -> list[str]:
    async def read(nc: Client) -> list[str]:
        jetstream = nc.jetstream()
        state = (await jetstream.stream_info(TEAS.name)).state
        places = range(state.first_seq, state.last_seq + 1) if state.messages else ()
        messages = [await jetstream.get_msg(TEAS.name, place) for place in places]
        return [(each.headers or {})[MESSAGE_ID] for each in messages]

    return on_nats(server, read)


def test_no_acknowledged_event_is_lost_by_a_power_cut(disk: Disk, settings: Settings) -> None:
    """With `sync_interval: always`, as `deploy/nats.conf` has it."""
    with server_with_a_stream(disk, settings, sync_interval="always") as server:
        sent = cut(disk, server)
        start_again(disk, server)
        assert len(sent) > 20
        assert sent <= set(stored_ids(server))
        with running(relaying):
            until_all_is_sent(within=30)
        recorded = OutboxMessage.objects.values_list("message_id", flat=True)
        assert sorted(stored_ids(server)) == sorted(map(str, recorded))


def test_a_server_that_syncs_later_loses_what_it_has_acknowledged(
    disk: Disk, settings: Settings
) -> None:
    """The server's default; so the test above would find a loss."""
    with server_with_a_stream(disk, settings, sync_interval=json.dumps("2m")) as server:
        sent = cut(disk, server)
        start_again(disk, server)
        assert not sent <= set(stored_ids(server))


def test_a_disk_starts_again_only_when_no_other_process_holds_it(disk: Disk) -> None:
    """As a container does that starts meanwhile: the kernel keeps a disk that is held as it is."""
    holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sleep", "1"])
    eventually(lambda: Path(f"/proc/{holder.pid}/comm").read_text() == "sleep\n")
    disk.cut_power()
    disk.start_again()
    (disk.place / "written").touch()
    holder.wait()
