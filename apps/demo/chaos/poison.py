"""What is no message of ours on each transport, and one that is slow to handle."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from apps.demo.chaos.check import Promise, unkept, until
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.shop import RunningShop
from apps.images.contract import PREVIEW_SUBJECT
from apps.messaging.events.streams import ACK_WAIT
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import OutgoingJob
from apps.messaging.models import InboxEntry, WorkerInstance
from apps.messaging.pubsub.broadcast import publish

POISON = "poison"
SLOW_SECONDS = ACK_WAIT.total_seconds() + 2
FEW = 15
RATE = 10.0
REPEATED = r"sales_consumer .*attempt=[2-9]"


def poison(shop: RunningShop, customers: Customers) -> Promise:
    """Put what nobody understands on each transport, and an order behind it."""
    transports = ("jetstream", "nats", "sqs", "celery")
    before = _letters(shop)
    publish("orders.placed", POISON.encode(), {})
    publish(PREVIEW_SUBJECT, POISON.encode(), {})
    queues = ["jobs", "celery"]
    job_queue.send_batch(
        [OutgoingJob(queue=name, message_id=POISON, headers={}, body=POISON) for name in queues]
    )
    (order,) = customers.buy(1, rate=1)
    ended = until(lambda: customers.have_ended([order]), within=10, what="an order behind it ends")
    buried = until(
        lambda: all(_letters(shop)[name] > before[name] for name in transports),
        within=20,
        what="a dead letter of each transport",
    )
    after = _letters(shop)
    counts = ", ".join(f"{after[name] - before[name]} of {name}" for name in transports)
    return Promise(
        f"poison on each transport: dead letters {counts} within {max(ended, buried):.1f} s; "
        f"an order behind it ended after {ended:.1f} s"
    )


def a_slow_handler(shop: RunningShop, customers: Customers, folder: Path) -> Promise:
    """Let one event take longer than the server waits for an ack, beside the others."""
    repeated_before = shop.count(REPEATED)
    with _slow_consumer(folder) as said:
        heard_before = _heard()
        customers.buy(FEW, rate=RATE)
        until(lambda: "broken on purpose" in said(), within=5, what="an event is slow")
        others = until(
            lambda: _heard() - heard_before >= 2 * FEW - 1, within=10, what="the others are heard"
        )
        until(lambda: _heard() - heard_before >= 2 * FEW, within=30, what="the slow one is heard")
        again = shop.count(REPEATED) - repeated_before + said().count("duplicate skipped")
    return Promise(
        f"a handler of {SLOW_SECONDS:.0f} s (ack wait {ACK_WAIT.total_seconds():.0f} s): "
        f"{again} deliveries of it again, {2 * FEW - 1} others handled meanwhile in {others:.1f} s",
        unkept(not_delivered_again=not again),
    )


@contextmanager
def _slow_consumer(folder: Path) -> Iterator[Callable[[], str]]:
    """Run a second `sales_consumer`, whose first event is slow."""
    log = folder / "slow.log"
    seams = f"consumer.fetched=delay:seconds={SLOW_SECONDS}:count=1"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.sales_consumer"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"SEAMS": seams, "WORKER_INSTANCE": "slow"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    me = WorkerInstance.objects.filter(name="sales_consumer", pid=process.pid, is_ready=True)
    try:
        until(me.exists, within=20, what="a second sales_consumer is ready")
        yield log.read_text
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _heard() -> int:
    return InboxEntry.objects.filter(consumer="sales").count()


def _letters(shop: RunningShop) -> dict[str, int]:
    found: dict[str, int] = shop.web.get("/api/status").body["dead_letters"]
    return found
