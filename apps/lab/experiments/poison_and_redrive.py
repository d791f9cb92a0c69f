"""Durable events: one consumer cannot read an event; it becomes a dead letter, and is redriven."""

from typing import Any

from apps.fulfilment.handlers import CONSUMER as FULFILMENT
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.purchase import Purchase
from apps.lab.experiments.running import Running
from apps.messaging.recovery import redrive
from apps.orders.events import OrderPlaced
from apps.sales.handlers import CONSUMER as SALES

WORKER = "fulfilment_consumer"
BURIED_WITHIN_SECONDS = 2.0


def run(running: Running) -> None:
    running.break_at("consumer.fetched", "corrupt", worker=WORKER, consumer=FULFILMENT.durable)
    running.say(f"{WORKER} cannot read any event of this run.")
    purchase = Purchase(running)
    letter = _wait_for_letter(running)
    if letter is None:
        return
    running.mend(worker=WORKER)
    running.say(f"The fault is off. Dead letter {letter} is redriven.")
    redrive.redrive(id=letter)
    running.look_for("consumer.acknowledged", consumer=FULFILMENT.durable, attempt=1, within=15.0)
    purchase.count_effects()
    _count_others(running)


def _wait_for_letter(running: Running) -> int | None:
    """Return the dead letter's number, and count after how many seconds it came."""
    placed: dict[str, Any] = {"destination": OrderPlaced.subject, "consumer": FULFILMENT.durable}
    fetched = running.wait_for("consumer.fetched", **placed)
    buried = running.look_for("letter.buried", **placed, within=10.0)
    seconds = buried["at"] - fetched["at"] if buried else None
    running.count(
        "dead letter after",
        predicted=f"at most {BURIED_WITHIN_SECONDS:.0f} s",
        counted="never" if seconds is None else f"{seconds:.2f} s",
        held=seconds is not None and seconds <= BURIED_WITHIN_SECONDS,
    )
    if buried is None:
        return None
    known = buried["attributes"]
    running.say(f"Its event is dead letter {known['letter']}: {known['reason']}.")
    return int(known["letter"])


def _count_others(running: Running) -> None:
    """Count the other consumer: sales got the redriven event too, addressed to fulfilment."""
    of_sales = {"consumer": SALES.durable, "destination": OrderPlaced.subject}
    running.look_for("consumer.acknowledged", **of_sales, within=10.0)
    handled = len(running.hops_at("consumer.handled", **of_sales))
    running.count_equal(
        f"times that {SALES.durable} counted the order", predicted=1, counted=handled
    )


EXPERIMENT = Experiment(
    slug="poison-and-redrive",
    pattern="durable-events",
    title="Poison, dead letter, redrive",
    why="A message that cannot be read now cannot be read a minute later. It is stored with the "
    "reason, and sent again when the cause is removed.",
    predicts=(
        f"An event that its consumer cannot read is buried within {BURIED_WITHIN_SECONDS:.0f} s.",
        "Redriven when the fault is off, it takes effect once, and only for that consumer.",
    ),
    takes=2,
    lock=SHOP_LOCK,
    run=run,
)
