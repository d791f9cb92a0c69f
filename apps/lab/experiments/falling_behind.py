"""Monitoring: a consumer falls behind; `/metrics` is read until a figure shows it."""

import time
from uuid import UUID

from prometheus_client.parser import text_string_to_metric_families

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import SHOP_LOCK
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.orders.shopping import give_back, in_stock, order_one_of
from apps.lab.polling import until
from apps.messaging.names import PREFIX
from apps.messaging.operations import metrics
from apps.sales.handlers import CONSUMER as SALES

WORKER = "sales_consumer"
ORDERS = 10
"""Each is two events for sales, and the fault delays each event by a second."""
RISE = ORDERS // 2
STAYS = 3
"""Readings in which a figure must have risen: for a moment, figures rise at every order."""
SHOWN_WITHIN, CAUGHT_UP_WITHIN = 40.0, 60.0
PENDING, ACK_PENDING = (
    f'{PREFIX}_consumer_{what}{{name="{SALES.durable}"}}' for what in ("pending", "ack_pending")
)
INSTANCES = f'{PREFIX}_worker_instances{{name="{WORKER}"}}'

GROW_BY_THEMSELVES = {f"{PREFIX}_{what}" for what in ("stream_messages", "stream_lost_age_seconds")}

type MetricLines = dict[str, float]
"""Each line of `/metrics`, as Prometheus names it, and its value."""


class Seen:
    """Reads all figures again and again, and notes when one has risen and stays there."""

    def __init__(self) -> None:
        self.before = read_figures()
        self._began = time.monotonic()
        self._risen: dict[str, list[tuple[float, float]]] = {}
        self.shown: dict[str, tuple[float, float]] = {}
        """Figure → the seconds since the start at which it had risen, and its value."""

    def look(self) -> MetricLines:
        """Read once, and return the figures."""
        now = read_figures()
        at = time.monotonic() - self._began
        for name, value in now.items():
            if value - self.before.get(name, 0.0) < RISE:
                self._risen.pop(name, None)
                continue
            readings = self._risen.setdefault(name, [])
            readings.append((at, value))
            if len(readings) == STAYS:
                self.shown.setdefault(name, readings[0])
        return now

    def sales_is_shown(self) -> bool:
        self.look()
        return bool({PENDING, ACK_PENDING} & self.shown.keys())


def run(running: Running) -> None:
    placed: list[UUID] = []
    try:
        watch = _fall_behind(running, placed)
        until(watch.sales_is_shown, within=SHOWN_WITHIN)
        now = watch.look()
        for name, (at, value) in sorted(watch.shown.items(), key=lambda each: each[1]):
            running.say(f"{name} had risen to {value:.0f} after {at:.1f} s, and stayed.")
        _count_what_shows_it(running, watch, now)
        running.mend(worker=WORKER)
        running.say(f"{WORKER} is as quick as before.")
    finally:
        for order in placed:
            give_back(order)
    until(lambda: _behind(read_figures()) == 0, within=CAUGHT_UP_WITHIN)
    behind = _behind(read_figures())
    running.count_equal("events that sales has not done, at the end", predicted=0, counted=behind)


def _fall_behind(running: Running, placed: list[UUID]) -> Seen:
    """Slow the consumer down for the events of this run, and place orders."""
    skus = in_stock()
    if not skus:
        raise NotRunnable("Nothing is in stock: reset the shop, or add stock to a product.")
    running.break_at("consumer.fetched", "delay", worker=WORKER, consumer=SALES.durable)
    running.say(f"{WORKER} takes a second more for each event of this run.")
    watch = Seen()
    for number in range(ORDERS):
        placed.append(order_one_of(skus[number % len(skus)]).order.id)
        watch.look()
    running.say(f"{ORDERS} orders are placed; /metrics is read all the time.")
    return watch


def _count_what_shows_it(running: Running, watch: Seen, now: MetricLines) -> None:
    of_sales = [name for name in watch.shown if name in (PENDING, ACK_PENDING)]
    first = min(of_sales, key=lambda name: watch.shown[name], default="none")
    running.count(
        "the figure of sales that shows it first",
        predicted="pending or ack_pending",
        counted=first,
        held=bool(of_sales),
    )
    running.say(
        "In /api/status it is in consumers, under the name sales: ack_pending events are delivered "
        "and not acknowledged, pending ones are not delivered yet. Alert on their sum."
    )
    running.count_equal(
        f"instances of {WORKER}, which is alive and well",
        predicted=round(watch.before.get(INSTANCES, 0)),
        counted=round(now.get(INSTANCES, 0)),
    )


def read_figures() -> MetricLines:
    """Read what `/metrics` answers at this moment."""
    text, _ = metrics.exposition()
    return {
        _name(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if sample.name not in GROW_BY_THEMSELVES
    }


def _name(metric: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{metric}{{{inside}}}" if inside else metric


def _behind(figures: MetricLines) -> int | None:
    """Return how many events sales has not done; None if NATS has not answered."""
    both = [figures.get(name) for name in (PENDING, ACK_PENDING)]
    return None if None in both else round(sum(filter(None, both)))


EXPERIMENT = Experiment(
    slug="falling-behind",
    pattern="durable-events",
    title="A consumer falls behind: which figure shows it",
    why="A slow consumer breaks nothing: no error, no dead letter, and its process is alive. Only "
    "a figure of what waits shows it, before customers do.",
    predicts=(
        "The events of the slow durable that are not delivered, or not acknowledged, rise first.",
        "How many of its processes are alive does not change.",
        "When it is quick again, it catches up: the stream has kept all events.",
    ),
    takes=25,
    lock=SHOP_LOCK,
    run=run,
)
