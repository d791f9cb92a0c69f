"""Durable events: two consumers are killed, and one transport loses the shop's own orders."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.lab.experiments.experiment import Asks, Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.feed import hops
from apps.lab.feed.feed import FEED, HopDict
from apps.lab.orders.shopping import give_back, in_stock, order_one_of
from apps.lab.polling import until
from apps.messaging.events.streams import ACK_WAIT
from apps.messaging.models import OutboxMessage, WorkerInstance
from apps.orders.events import OrderConfirmed, OrderPlaced
from apps.orders.queries import count_by_status

LISTENER, CONSUMER = "order_listener", "fulfilment_consumer"
ORDERS, LEAST, MOST = 20, 4, 200
HEARD_WITHIN, BACK_WITHIN = 10.0, 60.0
ENDED_WITHIN = ACK_WAIT.total_seconds() + 20.0
"""Seconds; what a dead worker had fetched is delivered again after the ack wait."""
HEARD: dict[str, Any] = {"worker": LISTENER, "destination": OrderPlaced.subject}


def run(running: Running) -> None:
    count = running.number
    placed: list[str] = []
    try:
        before = _place(placed, count // 2)
        for order in before:
            running.wait_for("core.heard", **HEARD, within=HEARD_WITHIN, key=order)
        running.say(f"{len(before)} orders are placed, and {LISTENER} has heard of each.")
        meanwhile = _place_while_killed(running, placed, count - len(before) - 1)
        heard = {hop["key"] for hop in running.hops_at("core.heard", **HEARD) if _lived(hop)}
        heard |= _hear_one_more(running, placed)
        until(lambda: _ended(placed) == count, within=ENDED_WITHIN)
        _count(running, placed, heard=heard, predicted=len(meanwhile))
    finally:
        for order in placed:
            give_back(UUID(order))


def _place_while_killed(running: Running, placed: list[str], count: int) -> list[str]:
    """Place orders while the listener dies at each that it hears, and the consumer at the first."""
    killed_at = timezone.now()
    running.break_at("core.heard", "exit", worker=LISTENER)
    running.break_at(
        "consumer.fetched", "exit", worker=CONSUMER, consumer=FULFILMENT.durable, first=1
    )
    orders = _place(placed, count)
    running.say(f"{count} orders are placed. {LISTENER} and {CONSUMER} are killed by the first.")
    published = OutboxMessage.objects.filter(
        destination=OrderPlaced.subject, key__in=orders, sent_at__isnull=False
    )
    if not until(lambda: published.count() == count, within=BACK_WITHIN):
        raise NotRunnable("The outbox relay has not published them.")
    for worker in (LISTENER, CONSUMER):
        _wait_for_beat(worker, started_at__gt=killed_at)
    running.mend_all()
    _wait_until_mended(LISTENER, since=timezone.now())
    running.say("All are published, and both workers run again.")
    return orders


def _wait_until_mended(worker: str, *, since: datetime) -> None:
    """Wait for two heartbeats: the table of faults is read between them. Raises `NotRunnable`.

    Until then it would die at a confirmation of these orders, which it hears too.
    """
    first = _wait_for_beat(worker, seen_at__gt=since)
    _wait_for_beat(worker, seen_at__gt=first.seen_at, started_at=first.started_at)


def _wait_for_beat(worker: str, **like: datetime) -> WorkerInstance:
    """Wait for the row of a process that is ready. Raises `NotRunnable`."""
    rows = WorkerInstance.objects.filter(name=worker, is_ready=True, **like)
    until(rows.exists, within=BACK_WITHIN)
    if (row := rows.first()) is None:
        raise NotRunnable(f"{worker} does not run again within {BACK_WITHIN:.0f} s.")
    return row


def _hear_one_more(running: Running, placed: list[str]) -> set[str]:
    """Place one more order, which the listener hears; return it if it was heard."""
    after = FEED.newest()
    with hops.new_trace():  # The faults of this run are for its own trace.
        (order,) = _place(placed, 1)
    hop = FEED.wait_for(partial(_lives_to_hear, key=order), timeout=HEARD_WITHIN, after=after)
    running.say(f"{LISTENER} {'hears' if hop else 'does not hear'} of one more order.")
    return {order} if hop else set()


def _place(placed: list[str], count: int) -> list[str]:
    """Place orders in the trace of the run; `placed` gets each at once, to be cancelled."""
    skus = in_stock()
    if not skus:
        raise NotRunnable("Nothing is in stock: reset the shop, or add stock to a product.")
    # One by one: an error leaves those before it in the list.
    placed.extend(str(order_one_of(skus[number % len(skus)]).order.id) for number in range(count))
    return placed[len(placed) - count :]


def _lives_to_hear(hop: HopDict, *, key: str) -> bool:
    like = {"point": "core.heard", "key": key, **HEARD}
    return like.items() <= hop.items() and _lived(hop)


def _lived(hop: HopDict) -> bool:
    return "fault" not in hop["attributes"]


def _ended(orders: list[str]) -> int:
    by_status = count_by_status([UUID(order) for order in orders])
    return by_status.total() - by_status["placed"]


def _count(running: Running, placed: list[str], *, heard: set[str], predicted: int) -> None:
    running.count_equal(
        f"of {len(placed)} orders, lost by core NATS",
        predicted=predicted,
        counted=len(set(placed) - heard),
    )
    running.count_equal(
        f"of {len(placed)} orders, lost by JetStream",
        predicted=0,
        counted=len(placed) - _ended(placed),
    )
    events = OutboxMessage.objects.filter(destination=OrderConfirmed.subject, key__in=placed)
    confirmed = list(events.values_list("key", flat=True))
    running.count_equal(
        "orders confirmed twice", predicted=0, counted=len(confirmed) - len(set(confirmed))
    )


EXPERIMENT = Experiment(
    slug="two-guarantees",
    pattern="durable-events",
    title="Killed: core NATS beside JetStream",
    why="The same events of the same orders reach one worker over core NATS and one from the "
    "stream. Both workers are killed while orders are placed.",
    predicts=(
        (
            f"`{LISTENER}`, on core NATS, never hears of the orders that were published while it "
            "was dead: all of them are lost for it."
        ),
        (
            f"`{CONSUMER}`, with its durable, handles each when it lives again: none is lost, and "
            "none is confirmed twice."
        ),
    ),
    takes=15,
    lock=SHOP_LOCK,
    asks=Asks(label="Orders", default=lambda: ORDERS, at_least=LEAST, at_most=MOST),
    run=run,
)
