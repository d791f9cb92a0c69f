"""Durable events: the same event is stored four times, and takes effect once."""

import json

from django.db import transaction

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.purchase import Purchase
from apps.lab.experiments.running import Running
from apps.lab.polling import until
from apps.messaging import outbox
from apps.messaging.models import OutboxMessage
from apps.orders.events import OrderPlaced
from apps.sales.handlers import CONSUMER as SALES

AGAIN = 3


def run(running: Running) -> None:
    purchase = Purchase(running)
    store_again(purchase.placed())
    running.say(
        f"Its event is recorded {AGAIN} times more, with the same ce-id and other Nats-Msg-Ids."
    )
    until(lambda: len(_sequences(purchase)) == 1 + AGAIN, within=10.0)
    sequences = _sequences(purchase)
    running.say(f"The stream has it at sequences {', '.join(map(str, sequences))}.")
    running.count_equal("times that the stream has it", predicted=1 + AGAIN, counted=len(sequences))
    for consumer in (FULFILMENT, SALES):
        _count_handled(running, consumer.durable, sequences)
    purchase.count_effects()


@transaction.atomic
def store_again(row: OutboxMessage) -> None:
    for _ in range(AGAIN):
        outbox.record_raw(
            transport=row.transport,
            destination=row.destination,
            key=row.key,
            headers=json.loads(row.headers),
            body=row.body,
        )


def _sequences(purchase: Purchase) -> list[int]:
    rows = purchase.events(OrderPlaced.subject)
    return sorted(row.stream_sequence for row in rows if row.stream_sequence is not None)


def _count_handled(running: Running, durable: str, sequences: list[int]) -> None:
    of_placed = {"consumer": durable, "destination": OrderPlaced.subject}
    for sequence in sequences:
        attributes = {"sequence": sequence}
        running.look_for("consumer.acknowledged", **of_placed, attributes=attributes, within=10.0)
    acknowledged = len(running.hops_at("consumer.acknowledged", **of_placed))
    running.count_equal(f"deliveries to {durable}", predicted=1 + AGAIN, counted=acknowledged)
    handled = len(running.hops_at("consumer.handled", **of_placed))
    running.count_equal(f"times that {durable} handled it", predicted=1, counted=handled)


EXPERIMENT = Experiment(
    slug="duplicate-publish",
    pattern="durable-events",
    title="The same event, four times",
    why="A publisher that repeats an event after a lost answer, or stores an old one again, is not "
    "stopped by the server's duplicate window. The inbox compares the event's source and ce-id.",
    predicts=(
        (
            f"The event is stored {1 + AGAIN} times with different Nats-Msg-Ids, and delivered "
            f"{1 + AGAIN} times to each consumer."
        ),
        "Each consumer handles it once: one piece is taken, one event follows, one mail is sent.",
    ),
    takes=2,
    lock=SHOP_LOCK,
    run=run,
)
