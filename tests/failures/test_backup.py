"""docs/backup.md as typed: a dump under traffic, either half put back, and everything counted."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, connections

from apps.messaging.jobs.celery_queue import QUEUE as MAIL_QUEUE
from apps.messaging.operations.purging import purge_queue, purge_streams
from apps.notifications.models import Mail
from apps.orders.events import ORDERS
from apps.orders.models import Order
from tests.acceptance.clients import PATH
from tests.failures.processes import ForkServer
from tests.failures.promises import (
    check_each_ended_once,
    mails_of,
    until_all_is_mailed,
    until_all_is_sent,
)
from tests.failures.traffic import Traffic
from tests.support.nats_server import NatsServer
from tests.support.postgresql import program
from tests.support.processes import ROOT, database_url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("queues"),
    pytest.mark.slow,
]

CONSUMERS = ("fulfilment_consumer", "sales_consumer", "notification_consumer")
SERVICES = ("outbox_relay", *CONSUMERS, "celery")
PAGE = ROOT / "docs" / "backup.md"


@pytest.fixture
def traffic() -> Iterator[Traffic]:
    traffic = Traffic()
    yield traffic
    traffic.stop()


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The folder in which the page's commands are typed."""
    return tmp_path


def type_line(beginning: str, folder: Path, **variables: str) -> None:
    """Run the line of the page that begins so, in that folder."""
    lines = re.findall(r"^ *\$ (.*?)(?:\s+#.*)?$", PAGE.read_text(), re.MULTILINE)
    line = next(each for each in lines if each.startswith(beginning))
    path = os.pathsep.join([str(Path(program("pg_dump")).parent), PATH])
    command = shlex.split(line.replace('"$DATABASE_URL"', database_url()))
    found = shutil.which(command[0], path=path)
    if found is None and os.environ.get("REAL_CLIENTS") != "required":
        pytest.skip(f"{command[0]} not found: make clients")
    assert found, command
    environment = os.environ | variables
    subprocess.run([found, *command[1:]], check=True, cwd=folder, env=environment)


def start(fork_server: ForkServer, *names: str) -> None:
    for name in names:
        fork_server.start(name)


def resend_missing() -> None:
    call_command("outbox", "resend", "--missing", "--send", verbosity=0, stdout=StringIO())


def lost() -> str:
    output = StringIO()
    call_command("lost_orders", verbosity=0, stdout=output)
    return output.getvalue()


def mailed_twice(mails: Path, orders: set[UUID]) -> set[str]:
    sent = mails_of(orders, mails)
    assert max(sent.values()) <= 2
    return {key for key, count in sent.items() if count == 2}


def lose_the_stream(server: NatsServer) -> None:
    """Begin with an empty disk, as where the machine is gone with its own."""
    server.kill()
    shutil.rmtree(server.folder / "store")
    server.start()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="pg_dump is PostgreSQL's")
@pytest.mark.parametrize("stream_too", [False, True], ids=["the database", "both"])
def test_a_restored_database_ends_each_order_once(
    fork_server: ForkServer,
    orders_stream: NatsServer,
    traffic: Traffic,
    copies: Path,
    stream_too: bool,
) -> None:
    mails = fork_server.folder / "mail"
    start(fork_server, *SERVICES)
    traffic.begin()
    traffic.until_more(10)
    type_line("pg_dump", copies)
    traffic.until_more(10)
    placed = traffic.stop()
    until_all_is_sent(within=60)
    fork_server.kill_all()
    connections.close_all()

    type_line("pg_restore", copies)
    Mail.objects.update(claimed_until=None)  # As `MAIL_CLAIM` later: those who claimed are dead.
    kept = set(Order.objects.values_list("id", flat=True))
    assert len(kept) >= 10
    assert len(placed - kept) >= 9
    sent = Mail.objects.filter(state=Mail.State.SENT)
    known = {f"{id}-confirmed" for id in sent.values_list("order_id", flat=True)}
    if stream_too:
        lose_the_stream(orders_stream)
    else:
        named = lost()
        assert {id for id in placed if str(id) in named} == placed - kept
        purge_streams([ORDERS], url=orders_stream.url, inbox_prefix="_INBOX")
    purge_queue(MAIL_QUEUE)
    resend_missing()
    start(fork_server, *SERVICES)

    until_all_is_mailed(mails)
    assert set(Order.objects.values_list("id", flat=True)) == kept
    check_each_ended_once(orders_stream)
    assert not mailed_twice(mails, kept) & known


def lose_all(server: NatsServer, copies: Path) -> None:
    """The machine is gone with its disk; there is no copy."""


def put_back_a_copy(server: NatsServer, copies: Path) -> None:
    type_line("nats backup restore stream", copies, NATS_URL=server.url)


@pytest.mark.parametrize("way_back", [lose_all, put_back_a_copy])
def test_a_stream_lost_under_traffic_is_refilled(
    fork_server: ForkServer,
    orders_stream: NatsServer,
    traffic: Traffic,
    copies: Path,
    way_back: Callable[[NatsServer, Path], None],
) -> None:
    mails = fork_server.folder / "mail"
    start(fork_server, *SERVICES)
    traffic.begin()
    traffic.until_more(5)
    if way_back is put_back_a_copy:
        type_line("nats backup stream", copies, NATS_URL=orders_stream.url)
    traffic.until_more(10)
    orders_stream.kill()
    shutil.rmtree(orders_stream.folder / "store")
    traffic.until_more(5)
    orders_stream.start()
    way_back(orders_stream, copies)
    resend_missing()  # It makes the stream and its durables; consumers go on by themselves.
    traffic.until_more(5)
    placed = traffic.stop()

    until_all_is_mailed(mails)
    assert set(Order.objects.values_list("id", flat=True)) == placed
    check_each_ended_once(orders_stream)
    assert not mailed_twice(mails, placed)
    assert lost().startswith("0 orders")
