"""The promises that must hold in the end, whichever processes were killed."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from nats.aio.client import Client

from apps.catalog.models import Product
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.notifications.models import Mail
from apps.notifications.tasks import OVERDUE, reconcile
from apps.orders.events import ORDERS
from apps.orders.models import Order, OrderLine
from apps.sales.models import SalesDay
from tests.messaging.support.brokers import on_nats
from tests.notifications.celery_processes import mails_in
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

STOCK = 10_000
"""More than any of these tests sells."""


def until_all_have_ended(*, within: float = 15) -> None:
    placed = Order.objects.filter(status=Order.Status.PLACED)
    eventually(lambda: not placed.exists(), within=within, what="every order has ended")


def until_all_is_sent(*, within: float = 10) -> None:
    unsent = OutboxMessage.objects.filter(sent_at=None)
    eventually(lambda: not unsent.exists(), within=within, what="the outbox is empty")


def until_handled(consumer: str, count: int, *, within: float = 30) -> None:
    entries = InboxEntry.objects.filter(consumer=consumer)
    eventually(
        lambda: entries.count() >= count, within=within, what=f"{consumer} has heard {count} events"
    )


def stored_events(server: NatsServer) -> Counter[tuple[str, str]]:
    """Return how often each event (subject, ce-id) is in the stream."""

    async def read(nc: Client) -> Counter[tuple[str, str]]:
        jetstream = nc.jetstream()
        state = (await jetstream.stream_info(ORDERS.name)).state
        places = range(state.first_seq, state.last_seq + 1) if state.messages else ()
        messages = [await jetstream.get_msg(ORDERS.name, place) for place in places]
        return Counter(
            (message.subject or "", (message.headers or {}).get("ce-id", ""))
            for message in messages
        )

    return on_nats(server, read)


def counted() -> dict[str, int]:
    """Return the figures of all days: midnight may have passed between two orders."""
    return SalesDay.objects.aggregate(
        placed=Sum("placed"), confirmed=Sum("confirmed"), units=Sum("units")
    )


def check_all_confirmed_once(
    orders: Sequence[Order], *, server: NatsServer, mail_folder: Path, sku: str = "ABC"
) -> None:
    """Every order is confirmed, and its stock taken, counted and mailed once; no dead letters."""
    for order in orders:
        order.refresh_from_db()
    units = sum(line.quantity for order in orders for line in order.lines.all())
    assert {order.status for order in orders} == {Order.Status.CONFIRMED}
    assert Product.objects.get(sku=sku).stock == STOCK - units
    events = stored_events(server)
    assert set(events.values()) == {1}, "an event is stored twice"
    assert len(events) == 2 * len(orders)
    assert counted() == {"placed": len(orders), "confirmed": len(orders), "units": units}
    keys = {f"{order.id}-{Mail.Kind.CONFIRMED}" for order in orders}
    mails = Counter(key for key in mails_in(mail_folder) if key in keys)
    assert mails == Counter(keys), "a mail is missing, or went out twice"
    assert not DeadLetter.objects.exists()


def until_all_is_mailed(mails: Path) -> None:
    """Wait until every order of the database has ended, was counted, and was mailed."""
    until_all_have_ended(within=60)
    until_all_is_sent(within=60)
    orders = Order.objects.values_list("id", flat=True)
    until_handled("sales", 2 * len(orders), within=60)
    until_handled("notification", len(orders), within=60)
    # As two minutes later: overdue mails are enqueued again, as beat does it.
    due = Mail.objects.filter(state=Mail.State.DUE)
    due.update(due_at=timezone.now() - 2 * OVERDUE)
    reconcile()
    eventually(lambda: not due.exists(), within=60, what="all mails are sent")
    assert {f"{id}-confirmed" for id in orders} <= set(mails_in(mails))


def check_each_ended_once(server: NatsServer) -> None:
    """Each order of the database: confirmed, taken from the stock, counted, stored, all once."""
    orders = set(Order.objects.values_list("id", flat=True))
    assert set(Order.objects.values_list("status", flat=True)) == {Order.Status.CONFIRMED}
    units = OrderLine.objects.aggregate(units=Sum("quantity"))["units"]
    assert Product.objects.get(sku="ABC").stock == STOCK - units
    assert counted() == {"placed": len(orders), "confirmed": len(orders), "units": units}
    events = stored_events(server)
    assert set(events.values()) == {1}, "an event is stored twice"
    assert len(events) == 2 * len(orders)
    assert not DeadLetter.objects.exists()


def mails_of(orders: Collection[UUID], folder: Path) -> Counter[str]:
    """Return how often the mail of each of these confirmed orders went out."""
    keys = {f"{id}-{Mail.Kind.CONFIRMED}" for id in orders}
    return Counter(key for key in mails_in(folder) if key in keys)
