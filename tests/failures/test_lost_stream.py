"""The stream is lost with unhandled events; one command brings all orders to their end."""

import shutil
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from nats.aio.client import Client

from apps.orders.events import ORDERS
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.failures.conftest import forget_all
from tests.failures.processes import ForkServer
from tests.failures.promises import (
    STOCK,
    check_all_confirmed_once,
    until_all_have_ended,
    until_all_is_sent,
    until_handled,
)
from tests.messaging.support.brokers import on_nats
from tests.notifications.celery_processes import mails_in
from tests.orders.factories import make_order
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

CONSUMERS = ("fulfilment_consumer", "sales_consumer", "notification_consumer")


def delete(server: NatsServer) -> None:
    """It goes with its durables."""
    on_nats(server, forget_all)


def purge(server: NatsServer) -> None:
    """Its events go, and the stream knows their ids for ten minutes more."""

    async def work(nc: Client) -> None:
        await nc.jetstream().purge_stream(ORDERS.name)

    on_nats(server, work)


def keep_a_copy(server: NatsServer) -> None:
    server.stop()
    shutil.copytree(server.folder / "store", server.folder / "older")
    server.start()


def restore(server: NatsServer) -> None:
    """The whole store is as it was when the copy was taken, durables included."""
    server.stop()
    shutil.rmtree(server.folder / "store")
    (server.folder / "older").rename(server.folder / "store")
    server.start()


def until_only_the_lost_are_left(take_away: Callable[[NatsServer], None]) -> None:
    """Wait until consumers have handled what a stream still has; lost events reach none."""
    if take_away is delete:
        assert Order.objects.filter(status=Order.Status.PLACED).count() == 6
        return
    left = 2 if take_away is restore else 0
    until_handled("sales", 2 * (left + 1))
    assert Order.objects.filter(status=Order.Status.PLACED).count() == 5 - left


@pytest.mark.parametrize("take_away", [delete, purge, restore])
def test_a_lost_stream_loses_no_order_and_doubles_no_mail(
    fork_server: ForkServer, orders_stream: NatsServer, take_away: Callable[[NatsServer], None]
) -> None:
    make_product(stock=STOCK)
    fork_server.start("outbox_relay")
    orders = [make_order() for _ in range(2)]
    until_all_is_sent()
    if take_away is restore:
        keep_a_copy(orders_stream)
    orders += [make_order() for _ in range(3)]
    until_all_is_sent()
    take_away(orders_stream)
    for name in (*CONSUMERS, "celery"):
        fork_server.start(name)
    after = make_order()
    until_only_the_lost_are_left(take_away)
    call_command("outbox", "resend", "--missing", "--send", verbosity=0, stdout=StringIO())
    orders.append(after)
    until_all_have_ended()
    until_all_is_sent()
    until_handled("sales", 2 * len(orders))
    mails = fork_server.folder / "mail"
    keys = {f"{order.id}-confirmed" for order in orders}
    eventually(lambda: keys <= set(mails_in(mails)), within=30, what="all mails are sent")
    check_all_confirmed_once(orders, server=orders_stream, mail_folder=mails)
