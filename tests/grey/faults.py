"""Faults of a process, a disk, a database, a stream, a mail server; each is ended again."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from nats.aio.client import Client
from psycopg import sql

from apps.demo.chaos.shop import family_of, parent_of
from apps.demo.chaos.single_faults import bytes_of
from apps.demo.supervisor.metrics_ports import FILE
from apps.messaging import kept_file
from apps.messaging.brokers import nats_for_threads
from apps.messaging.events.streams import Stream
from apps.messaging.operations.provisioning import provision_jetstream
from apps.orders.events import ORDERS
from apps.sales import handlers as sales
from tests.grey.bed import Bed
from tests.grey.mail_server import FULL
from tests.support.small_disk import full, read_only_disk

SMALLEST_STREAM = 1
"""Bytes; no message fits any more."""


@contextmanager
def stopped(name: str, bed: Bed) -> Iterator[None]:
    """Stop every child of the demo of that name, and all that it has forked itself."""
    pids = [found for pid in bed.shop.pids(name) for found in family_of(pid)]
    assert pids, f"nothing of the demo is called {name}"
    with _stopped(pids):
        yield


@contextmanager
def gone(name: str, bed: Bed) -> Iterator[None]:
    """Stop it, and let Prometheus not find it: a container that is gone has no name."""
    targets = settings.DEMO_DIR / FILE
    whole = targets.read_text()
    left = [each for each in json.loads(whole) if each["labels"]["job"] != name]
    with stopped(name, bed):
        kept_file.write_whole(targets, json.dumps(left))
        try:
            yield
        finally:
            kept_file.write_whole(targets, whole)


@contextmanager
def postgresql_stopped(bed: Bed) -> Iterator[None]:
    """Stop the server with each of its backends: they would go on without it."""
    with psycopg.connect(bed.postgresql_url) as session:
        main = parent_of(session.info.backend_pid)
    with _stopped(family_of(main)):
        yield


@contextmanager
def mail_stopped(bed: Bed) -> Iterator[None]:
    with _stopped([bed.mail_server.pid]):
        yield


@contextmanager
def _stopped(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def late(link: str, seconds: float, bed: Bed) -> Iterator[None]:
    with bed.links.late(link, seconds):
        yield


@contextmanager
def without_answers(link: str, bed: Bed) -> Iterator[None]:
    with bed.links.without_answers(link):
        yield


@contextmanager
def read_only(bed: Bed) -> Iterator[None]:
    """Let the database refuse writes, in the sessions that are open too, as after a failover."""
    _be_read_only(bed, "on")
    try:
        yield
    finally:
        _be_read_only(bed, "off")


def _be_read_only(bed: Bed, value: str) -> None:
    with psycopg.connect(bed.postgresql_url, autocommit=True) as server:
        # The session that takes it back is one of those that may not write by default.
        server.execute("SET default_transaction_read_only = off")
        server.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                sql.Identifier(server.info.dbname), sql.SQL(value)
            )
        )
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    # Ours was one of them.
    connections.close_all()


@contextmanager
def full_disk(bed: Bed) -> Iterator[None]:
    """Fill the file system of SQLite's file with another file."""
    assert bed.small_disk
    with full(bed.small_disk):
        yield


@contextmanager
def disk_read_only(bed: Bed) -> Iterator[None]:
    """Let SQLite's file be read-only for each connection that is opened meanwhile."""
    assert bed.small_disk
    with read_only_disk(bed.small_disk):
        yield


@contextmanager
def nats_disk_full(bed: Bed) -> Iterator[None]:
    """Fill the disk of the streams; once there is room, start the server again.

    nats-server (2.15) takes no more for a stream whose disk was full, until it is restarted.
    """
    assert bed.nats_disk
    with full(bed.nats_disk):
        yield
    bed.shop.kill("nats-server")


@contextmanager
def full_stream(bed: Bed) -> Iterator[None]:
    """Leave the stream no room for one more message; it refuses new ones and keeps the old."""
    _limit(replace(ORDERS, max_bytes=max(SMALLEST_STREAM, bytes_of(bed.shop, ORDERS))))
    try:
        yield
    finally:
        _limit(ORDERS)


def _limit(stream: Stream) -> None:
    nats_for_threads.call(partial(provision_jetstream, streams=[stream], consumers=[]), timeout=10)


@contextmanager
def durable_deleted(bed: Bed) -> Iterator[None]:
    """Delete the durable of the sales; made again, it reads its stream from the beginning."""
    durable = sales.CONSUMER

    async def delete(nc: Client) -> None:
        await nc.jetstream().delete_consumer(durable.stream.name, durable.durable)

    nats_for_threads.call(delete, timeout=10)
    try:
        yield
    finally:
        again = partial(provision_jetstream, streams=[], consumers=[durable])
        nats_for_threads.call(again, timeout=10)


@contextmanager
def full_mail_server(bed: Bed) -> Iterator[None]:
    sign: Path = bed.mail_folder / FULL
    sign.touch()
    try:
        yield
    finally:
        sign.unlink()
