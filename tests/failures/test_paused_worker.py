"""A worker that is stopped in the middle of a transaction: it keeps its locks for a moment only."""

import os
import signal

import pytest
from django.db import connection

from apps.catalog.models import Product
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.failures.processes import ForkServer, WorkerProcess
from tests.failures.promises import STOCK, stored_events, until_all_have_ended, until_all_is_sent
from tests.orders.factories import make_order
from tests.support.nats_server import NatsServer
from tests.support.silent import stop
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

WITHIN = 30.0
"""Seconds in which the others get on: PostgreSQL ends an idle transaction after fifteen."""
HOLDING = """
    SELECT 1 FROM pg_stat_activity WHERE datname = %s AND state = 'idle in transaction'
    AND state_change < clock_timestamp() - interval '1 second'
"""
CONSUMER = "fulfilment_consumer"


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot end another process's transaction")


def a_transaction_is_open() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, [connection.settings_dict["NAME"]])
        return cursor.fetchone() is not None


def stopped_in_its_transaction(fork_server: ForkServer) -> WorkerProcess:
    """Start a consumer and stop it where its effect is written and not committed."""
    consumer = fork_server.start(CONSUMER, broken="consumer.handled=delay:seconds=20:count=1")
    eventually(a_transaction_is_open, within=15)
    stop(consumer.pid)
    return consumer


def test_a_paused_worker_blocks_no_order_and_doubles_none(
    fork_server: ForkServer, orders_stream: NatsServer
) -> None:
    make_product(stock=STOCK)
    orders = [make_order()]
    fork_server.start("outbox_relay")
    stopped = stopped_in_its_transaction(fork_server)
    other = fork_server.start(CONSUMER, instance="2").until_ready()
    orders += [make_order() for _ in range(10)]
    until_all_have_ended(within=WITHIN)

    other.terminate()
    other.end()
    os.kill(stopped.pid, signal.SIGCONT)
    orders.append(make_order())
    until_all_have_ended(within=WITHIN)  # by the one that was stopped
    until_all_is_sent()

    units = sum(line.quantity for order in orders for line in order.lines.all())
    assert Product.objects.get().stock == STOCK - units
    assert set(Order.objects.values_list("status", flat=True)) == {Order.Status.CONFIRMED}
    events = stored_events(orders_stream)
    assert (len(events), set(events.values())) == (2 * len(orders), {1})
    assert not DeadLetter.objects.exists()
    assert not FailedDelivery.objects.exists()
