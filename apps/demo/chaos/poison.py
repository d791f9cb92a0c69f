"""Unreadable messages, one on each transport."""

from apps.demo.chaos.check import CheckResult, until
from apps.demo.chaos.customers import Customers
from apps.demo.chaos.shop import RunningShop
from apps.images.contract import PREVIEW_SUBJECT
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import OutgoingJob
from apps.messaging.pubsub.broadcast import publish

POISON = "poison"


def poison(shop: RunningShop, customers: Customers) -> CheckResult:
    """Send an unreadable message on each transport, and place an order behind it."""
    transports = ("jetstream", "queue_group", "sqs", "celery")
    before = _dead_letters(shop)
    publish("orders.placed", POISON.encode(), {})
    publish(PREVIEW_SUBJECT, POISON.encode(), {})
    queues = ["jobs", "celery"]
    job_queue.send_batch(
        [OutgoingJob(queue=name, message_id=POISON, headers={}, body=POISON) for name in queues]
    )
    (order,) = customers.buy(1, rate=1)
    ended = until(lambda: customers.have_ended([order]), within=10, what="an order behind it ends")
    buried = until(
        lambda: all(_dead_letters(shop)[name] > before[name] for name in transports),
        within=20,
        what="a dead letter of each transport",
    )
    after = _dead_letters(shop)
    counts = ", ".join(f"{after[name] - before[name]} of {name}" for name in transports)
    return CheckResult(
        f"poison on each transport: dead letters {counts} within {max(ended, buried):.1f} s; "
        f"an order behind it ended after {ended:.1f} s"
    )


def _dead_letters(shop: RunningShop) -> dict[str, int]:
    found: dict[str, int] = shop.web.status("dead_letters")
    return found
