"""A rolling deploy under traffic: a migration, then each service is replaced, one at a time."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from apps.demo.chaos.web import Web
from apps.demo.supervisor.ports import is_served
from apps.images.models import Photo
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.orders.models import Order
from orders_site.conf.worker_processes import WORKERS
from tests.failures.newer import ADDED, BY_NEW, BY_OLD, MIGRATION, TAKEN_BACK
from tests.failures.processes import ForkServer, WorkerProcess, fork_server_of
from tests.failures.promises import check_each_ended_once, mails_of, until_all_is_mailed
from tests.failures.traffic import Traffic
from tests.images.drawn import make_photo
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("queues"),
    pytest.mark.slow,
]

# Readers are replaced before writers, so that every event is understood at any time.
READERS = (
    "price_responder",
    "sales_consumer",
    "notification_consumer",
    "fulfilment_consumer",
    "order_listener",
    "preview_resizer",
    "image_resizer",
    "dead_letter_collector",
    "celery",
    "beat",
)
WRITERS = ("outbox_relay", "web")
SERVICES = (*READERS, *sorted(WORKERS.keys() - {*READERS, *WRITERS}), *WRITERS)
WITH_A_PHOTO = {"preview_resizer", "image_resizer", "outbox_relay"}
"""Those that are replaced while a photo is on its way through them."""
RATE = 5.0
"""Orders a second."""


@pytest.fixture
def older(fork_server: ForkServer, django_db_blocker: DjangoDbBlocker) -> Iterator[ForkServer]:
    """Where the processes come from that are replaced."""
    with _another(fork_server, "older") as older:
        yield older


@pytest.fixture
def newer(fork_server: ForkServer, django_db_blocker: DjangoDbBlocker) -> Iterator[ForkServer]:
    """Where the next version of each process comes from."""
    with _another(fork_server, "newer") as newer:
        yield newer


@contextmanager
def _another(fork_server: ForkServer, version: str) -> Iterator[ForkServer]:
    """Run one of a version; its mails go where those of the others go."""
    folder = fork_server.folder / version
    folder.mkdir(exist_ok=True)
    module = f"tests.failures.{version}"
    with fork_server_of(folder, module=module, **fork_server.environment) as another:
        yield another


@pytest.fixture
def migrate() -> Iterator[Callable[[], None]]:
    """Does what `migrate` of the next version does; later tests have the tables of this version."""
    with ExitStack() as ends:

        def run() -> None:
            _execute(MIGRATION)
            ends.callback(_execute, TAKEN_BACK)

        yield run


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class Customers:
    """Ask each `web` in turn, as a load balancer does that skips those that are away."""

    def __init__(self, *fork_servers: ForkServer) -> None:
        self._webs = [Web(f"127.0.0.1:{fork_server.web_port}") for fork_server in fork_servers]
        self._turns = itertools.cycle(range(len(self._webs)))
        self.answers: Counter[int] = Counter()

    def place(self) -> UUID:
        key, order = str(uuid4()), {"email": "ann@example.com", "lines": [LINE]}
        found: list[UUID] = []

        def ask() -> bool:
            turn = next(self._turns)
            try:
                answer = self._webs[turn].post("/api/orders", order, key=key)
            except OSError:
                return False
            if answer.status in (200, 201):
                self.answers[turn] += 1
                found.append(UUID(answer.body["id"]))
            return bool(found)

        eventually(ask, within=10, what="an order is taken")
        return found[0]


LINE = {"sku": "ABC", "quantity": 1}


def start_all(fork_server: ForkServer) -> dict[str, WorkerProcess]:
    """Start the old version of each service, and wait until all are ready."""
    started = {name: fork_server.start(name, instance="old") for name in SERVICES}
    for process in started.values():
        until_ready(process)
    return started


def until_ready(process: WorkerProcess) -> None:
    if process.name != "web":
        process.until_ready(within=30)
        return
    port = process.fork_server.web_port
    eventually(lambda: is_served([port]), within=30, what="web is served")


def replace(old: WorkerProcess, newer: ForkServer, traffic: Traffic) -> None:
    """Start the new one beside it and stop the old; on SQLite there is no second relay."""
    if old.name == "outbox_relay" and connection.vendor == "sqlite":
        stop(old)
        until_ready(newer.start(old.name, instance="new"))
        return
    until_ready(newer.start(old.name, instance="new"))
    traffic.until_more(1)
    stop(old)


def stop(process: WorkerProcess) -> None:
    process.terminate()
    assert process.end(within=30) == 0


def recorded_by(placed: set[UUID], subject: str) -> Counter[bool]:
    """Return how many events of these orders the old version recorded, and the new one."""
    rows = OutboxMessage.objects.filter(destination=subject, key__in=map(str, placed))
    return Counter(ADDED in json.loads(body) for body in rows.values_list("body", flat=True))


def versions_of(placed: set[UUID]) -> Counter[str]:
    """Return how many of these orders were recorded as which version of `orders.placed`."""
    rows = OutboxMessage.objects.filter(destination="orders.placed", key__in=map(str, placed))
    types = (json.loads(headers)["ce-type"] for headers in rows.values_list("headers", flat=True))
    return Counter(each.rpartition(".")[2] for each in types)


def taken_by() -> dict[str, int]:
    """Return how many orders each version has taken, by the column that only one of them knows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ADDED}, count(*) FROM orders_order GROUP BY 1")
        return dict(cursor.fetchall())


def until_photos_are_ready(photos: list[int]) -> None:
    """Wait until each has its preview and its renditions."""
    ready = Photo.objects.filter(id__in=photos, status=Photo.Status.READY).exclude(preview_key="")
    eventually(lambda: ready.count() == len(photos), within=30, what="all photos are ready")


def test_every_service_is_replaced() -> None:
    assert sorted(SERVICES) == sorted([*WORKERS, "web"])


def test_a_rollout_loses_and_duplicates_nothing(
    fork_server: ForkServer,
    older: ForkServer,
    newer: ForkServer,
    orders_stream: NatsServer,
    migrate: Callable[[], None],
) -> None:
    """The old version writes and reads version 1 of `orders.placed`, the new one writes 2."""
    customers = Customers(older, newer)
    traffic = Traffic(every=1 / RATE, place=customers.place)
    running = start_all(older)
    photos = [make_photo().id]
    try:
        traffic.begin()
        traffic.until_more(3)
        migrate()  # While all processes of this version are at work.
        traffic.until_more(3)
        for name in SERVICES:
            if name in WITH_A_PHOTO:
                photos.append(make_photo().id)
            replace(running[name], newer, traffic)
        traffic.until_more(5)
    finally:
        placed = traffic.stop()

    until_all_is_mailed(fork_server.folder / "mail")
    until_photos_are_ready(photos)
    assert set(Order.objects.values_list("id", flat=True)) == placed
    check_each_ended_once(orders_stream)
    assert set(mails_of(placed, fork_server.folder / "mail").values()) == {1}
    assert min(customers.answers.values()) > 2
    orders = taken_by()
    assert orders.keys() == {BY_OLD, BY_NEW}
    assert min(orders.values()) > 2
    for subject in ("orders.placed", "orders.confirmed"):
        counts = recorded_by(placed, subject)
        assert min(counts[False], counts[True]) > 2, "both versions were at work"
    assert versions_of(placed) == {"v1": orders[BY_OLD], "v2": orders[BY_NEW]}
    assert not DeadLetter.objects.exists()
