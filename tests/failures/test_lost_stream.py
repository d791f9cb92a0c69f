"""The stream is taken away with events that nobody has heard; one command brings all to its end."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from nats.aio.client import Client

from apps.orders.events import ORDERS
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.failures.conftest import forget_all, provision
from tests.failures.processes import Nursery
from tests.failures.promises import (
    STOCK,
    check_all_confirmed_once,
    until_all_have_ended,
    until_all_is_sent,
    until_heard,
)
from tests.messaging.brokers import on_nats
from tests.notifications.celery_processes import mails_in
from tests.orders.making import make_order
from tests.servers import NatsServer
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]

CONSUMERS = ("fulfilment_consumer", "sales_consumer", "notification_consumer")


def delete(server: NatsServer) -> None:
    on_nats(server, forget_all)
    provision(server)


def purge(server: NatsServer) -> None:
    """Its events go, and the stream knows their ids for ten minutes more."""

    async def work(nc: Client) -> None:
        await nc.jetstream().purge_stream(ORDERS.name)

    on_nats(server, work)


@pytest.mark.parametrize("take_away", [delete, purge])
def test_all_are_confirmed_and_each_mail_is_sent_once(
    nursery: Nursery, orders_stream: NatsServer, take_away: Callable[[NatsServer], None]
) -> None:
    make_product(stock=STOCK)
    orders = [make_order() for _ in range(5)]
    nursery.start("outbox_relay")
    until_all_is_sent()
    take_away(orders_stream)
    for name in (*CONSUMERS, "celery"):
        nursery.start(name)
    after = make_order()
    until_heard("sales", 2)  # The last one alone: what was lost is heard by nobody.
    assert Order.objects.filter(status=Order.Status.PLACED).count() == 5
    call_command("outbox", "resend", "--missing", "--send", verbosity=0, stdout=StringIO())
    orders.append(after)
    until_all_have_ended()
    until_all_is_sent()
    until_heard("sales", 2 * len(orders))
    mails = nursery.folder / "mail"
    keys = {f"{order.id}-confirmed" for order in orders}
    eventually(lambda: keys <= set(mails_in(mails)), within=30, what="all mails are sent")
    check_all_confirmed_once(orders, server=orders_stream, mail_folder=mails)
