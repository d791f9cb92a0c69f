"""Durable events: a worker dies after its commit and before its acknowledgement."""

from functools import partial
from typing import Any

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.purchase import Purchase
from apps.lab.experiments.running import Running
from apps.lab.feed.feed import HopDict
from apps.messaging.events.streams import ACK_WAIT
from apps.orders.events import OrderPlaced

WAIT = ACK_WAIT.total_seconds()
STEP = 2
LATER_BY = 5.0
"""Seconds that the redelivery may take longer: the worker must restart and pull."""
PLACED: dict[str, Any] = {"consumer": FULFILMENT.durable, "destination": OrderPlaced.subject}


def run(running: Running) -> None:
    running.break_at(
        "consumer.committed",
        "exit",
        worker="fulfilment_consumer",
        consumer=FULFILMENT.durable,
        first=1,
    )
    running.say("fulfilment_consumer will die at this order, after the commit and before the ack.")
    purchase = Purchase(running)
    died = running.wait_for("consumer.committed", **PLACED, attempt=1)
    sequence = died["attributes"]["sequence"]
    running.say(f"It has committed event {sequence} and died (pid {died['pid']}) without an ack.")
    running.say(f"The server waits {WAIT:.0f} s for the ack, from the delivery.")
    again = _wait_for_next(running)
    if again is not None:
        running.say(
            f"Event {sequence} was delivered again to pid {again['pid']}, as attempt 2, and acked."
        )
    _count_redelivery(running, again)
    handled = len(running.hops_at("consumer.handled", **PLACED))
    running.count_equal("times that its handler ran to its end", predicted=1, counted=handled)
    purchase.count_effects()


def _wait_for_next(running: Running) -> HopDict | None:
    """Count down to the next delivery, and return its acknowledgement."""
    acknowledged = partial(running.look_for, "consumer.acknowledged", **PLACED, attempt=2)
    for left in range(int(WAIT) - STEP, 0, -STEP):
        if again := acknowledged(within=STEP):
            return again
        running.say(f"{left} s until the next delivery.")
    return acknowledged(within=STEP + 3 * LATER_BY)


def _count_redelivery(running: Running, again: HopDict | None) -> None:
    running.count(
        "its next delivery",
        predicted="attempt 2",
        counted=f"attempt {again['attempt']}" if again else "none",
        held=again is not None,
    )
    fetched = running.hops_at("consumer.fetched", **PLACED)
    seconds = fetched[1]["at"] - fetched[0]["at"] if len(fetched) > 1 else 0.0
    running.count(
        "seconds between the two",
        predicted=f"{WAIT:.0f} to {WAIT + LATER_BY:.0f}",
        counted=f"{seconds:.1f}",
        held=WAIT - 0.5 <= seconds <= WAIT + LATER_BY,
    )


EXPERIMENT = Experiment(
    slug="crash-before-ack",
    pattern="durable-events",
    title="Crash before the ack",
    why="A worker can die between the commit and the acknowledgement. Then the event is done, and "
    "is delivered again.",
    predicts=(
        (f"The event is delivered again after {WAIT:.0f} s without an ack, as attempt 2."),
        "The inbox has its id: the handler does not run again, and each effect happens once.",
    ),
    takes=12,
    lock=SHOP_LOCK,
    run=run,
)
