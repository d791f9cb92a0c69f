"""Servers stop and return: the workers wait quietly, and need no restart."""

import time
from collections.abc import Sequence

import pytest
from django.conf import settings

from apps.messaging.models import WorkerInstance
from tests.catalog.products import make_product
from tests.failures.processes import ForkServer, WorkerProcess
from tests.failures.promises import until_all_have_ended
from tests.failures.proxy import Proxy
from tests.orders.factories import make_order
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BACK_WITHIN_SECONDS = 5.0
NOTICED_WITHIN_SECONDS = 1.0
"""Longer than the work of losing a connection; after it they only wait."""


@pytest.fixture
def workers(
    fork_server: ForkServer, orders_stream: NatsServer, queues: MotoServer
) -> list[WorkerProcess]:
    make_product(stock=100)
    started = [fork_server.start(name) for name in settings.WORKERS]
    until_ready(started, within=30)
    return started


def until_ready(workers: Sequence[WorkerProcess], *, within: float) -> None:
    """None of them has ended: these tests restart no process."""
    pids = [each.pid for each in workers]

    def unready() -> list[str]:
        rows = WorkerInstance.objects.filter(is_ready=True, pid__in=pids)
        ready = set(rows.values_list("pid", flat=True))
        return [each.name for each in workers if each.pid not in ready]

    eventually(lambda: not unready(), within=within, what=lambda: f"all but {unready()} are ready")


def core_shares(workers: Sequence[WorkerProcess], *, seconds: float) -> dict[str, float]:
    """Return the share of a core that each process uses while its servers are away."""
    before = {each.name: each.cpu_seconds() for each in workers}
    began = time.monotonic()
    time.sleep(seconds)
    passed = time.monotonic() - began
    return {each.name: (each.cpu_seconds() - before[each.name]) / passed for each in workers}


def test_processes_reconnect_to_brokers_after_an_outage(
    workers: list[WorkerProcess], orders_stream: NatsServer, queues: MotoServer
) -> None:
    orders_stream.kill()
    queues.kill()
    time.sleep(NOTICED_WITHIN_SECONDS)
    shares = core_shares(workers, seconds=3)
    queues.start()
    orders_stream.start()
    until_ready(workers, within=BACK_WITHIN_SECONDS)
    make_order()
    until_all_have_ended(within=BACK_WITHIN_SECONDS)
    assert max(shares.values()) < 0.2, shares


def test_processes_reconnect_to_the_database_after_an_outage(
    workers: list[WorkerProcess], way_to_postgresql: Proxy | None
) -> None:
    if way_to_postgresql is None:
        return
    way_to_postgresql.cut()
    make_order()
    shares = core_shares(workers, seconds=4)
    way_to_postgresql.restore()
    until_all_have_ended(within=BACK_WITHIN_SECONDS)
    until_ready(workers, within=BACK_WITHIN_SECONDS)
    assert max(shares.values()) < 0.2, shares
