"""One fault at a time: a broker is away, a stream is full, a responder dies, events come again."""

import json
import random
import threading
from dataclasses import replace
from functools import partial

from apps.demo.chaos.audit import Audit, until_settled
from apps.demo.chaos.check import CheckResult, until, untrue
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.shop import RunningShop
from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import BrokerAway, RequestFailed
from apps.messaging.events.streams import Stream
from apps.messaging.models import OutboxMessage
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.pubsub.broadcast import publish
from apps.orders.events import ORDERS
from apps.pricing.client import look_up_prices

FEW = 15
RATE = 15.0
SETTLED_WITHIN_SECONDS = 40.0


def sqs_is_away(shop: RunningShop, customers: Customers) -> CheckResult:
    """Kill the SQS server again and again; orders must end meanwhile."""
    back = threading.Event()

    def keep_away() -> None:
        while not back.wait(0.1):
            shop.kill("moto")

    killer = threading.Thread(target=keep_away)
    killer.start()
    try:
        orders = customers.buy(FEW, rate=RATE)
        took = until(lambda: customers.have_ended(orders), within=10, what="orders end without SQS")
    finally:
        back.set()
        killer.join()
    until(shop.is_ready, within=40, what="SQS is back")
    return CheckResult(
        f"SQS away: {FEW} orders ended meanwhile, {took:.1f} s after the last was placed"
    )


def the_stream_is_full(shop: RunningShop, customers: Customers) -> CheckResult:
    """Give the stream no room for another event; the events wait in the outbox."""
    full = replace(ORDERS, max_bytes=bytes_of(shop, ORDERS))
    _update(full)
    try:
        orders = customers.buy(FEW, rate=RATE)
        waited = _unsent(shop)
        ended = sum(order["status"] != "placed" for order in customers.look_at(orders))
    finally:
        _update(ORDERS)
    took = until(lambda: customers.have_ended(orders), within=10, what="orders end with room")
    return CheckResult(
        f"stream full: {FEW} orders taken, {waited} events waited in the outbox, 0 lost; "
        f"with room all ended within {took:.1f} s",
        untrue(events_waited=waited >= FEW, no_order_ended=ended == 0),
    )


def a_responder_is_killed(shop: RunningShop, customers: Customers) -> CheckResult:
    """Ask for prices without pause, and kill one of the two responders."""
    sku = next(iter(customers.stock))
    failed = 0
    asked = 300
    for number in range(asked):
        if number == asked // 3:
            shop.kill("workers.price_responder")
        try:
            look_up_prices([sku])
        except (RequestFailed, BrokerAway):
            failed += 1
    return CheckResult(
        f"one of two responders killed: {asked} prices asked for, {failed} not answered",
        untrue(all_answered=not failed),
    )


def everything_comes_again(shop: RunningShop, customers: Customers) -> CheckResult:
    """Store every event again, in random order; without `Nats-Msg-Id` the stream accepts them."""
    before = Audit(shop.web, customers)
    again = _publish_all_again(random.Random(7))
    until(lambda: _messages(shop) >= before.events() + again, within=20, what="all is stored again")
    until_settled(shop.web, customers, within=SETTLED_WITHIN_SECONDS)
    after = Audit(shop.web, customers)
    return CheckResult(
        f"{again} events stored again in any order: stock, {after.mails.total()} mails "
        "and sales as before",
        untrue(
            stock=after.stock == before.stock and after.stock_adds_up(),
            mails=after.mails == before.mails,
            sales=after.sales == before.sales,
        ),
    )


def _publish_all_again(chance: random.Random) -> int:
    rows = list(OutboxMessage.objects.filter(transport=OutboxMessage.Transport.JETSTREAM))
    chance.shuffle(rows)
    for row in rows:
        publish(row.destination, row.body.encode(), json.loads(row.headers))
    return len(rows)


def bytes_of(shop: RunningShop, stream: Stream) -> int:
    """Return how many bytes the stream has. Raises `NotWithin` if NATS does not answer."""
    streams = shop.web.status("streams")
    return next(int(each["bytes"]) for each in streams if each["name"] == stream.name)


def _messages(shop: RunningShop) -> int:
    streams = shop.web.status("streams")
    return max(int(each["messages"]) for each in streams)


def _unsent(shop: RunningShop) -> int:
    return int(shop.web.status("outbox")["unsent"])


def _update(stream: Stream) -> None:
    nats_for_threads.call(partial(provision_jetstream, streams=[stream], consumers=[]), timeout=10)
