"""The deliveries on a workbench, in its table, and their hops for the map."""

from collections.abc import Mapping

from django.utils import timezone

from apps.lab.consumer import workbenches
from apps.lab.feed import hops
from apps.lab.feed.shown_message import ShownMessage, shown_message
from apps.lab.models import HandDelivery, Workbench
from apps.messaging.by_hand.own_durable import TakenEvent
from apps.messaging.control_characters import escaped
from apps.messaging.jobs.delivery import ReceivedJob

KEPT = 8
"""Deliveries of a kind; the oldest are dropped from the page, not from the broker."""
MOST_CHARACTERS = 8_000
BY_HAND = {"by_hand": "yes"}
"""Tells a message's way that this delivery has times of its own."""


def keep_event(bench: Workbench, taken: TakenEvent) -> HandDelivery:
    """Store the delivery of an event, and report its hop."""
    delivery = taken.delivery
    hops.report("consumer.fetched", [shown_message(delivery, BY_HAND)])
    return _keep(
        bench,
        kind=HandDelivery.Kind.EVENT,
        message=str(delivery.sequence),
        destination=delivery.subject,
        headers=delivery.headers,
        body=delivery.body.decode(errors="backslashreplace"),
        attempt=delivery.attempt,
        handle=taken.answer_to,
        until=timezone.now() + workbenches.ACK_WAIT,
    )


def keep_job(bench: Workbench, job: ReceivedJob) -> HandDelivery:
    """Store the delivery of a job, and report its hop."""
    hops.report("job.received", [shown_message(job, BY_HAND)])
    return _keep(
        bench,
        kind=HandDelivery.Kind.JOB,
        message=job.sqs_id,
        destination=job.queue,
        headers=job.headers,
        body=job.body,
        attempt=job.attempt,
        handle=job.receipt_handle,
        until=timezone.now() + workbenches.VISIBILITY,
    )


def report_end(delivery: HandDelivery, point: str) -> None:
    """Report the hop of a delivery that was acknowledged or deleted."""
    message = ShownMessage(
        destination=delivery.destination,
        consumer=str(delivery.bench),
        message_id=delivery.headers.get("ce-id", ""),
        key=delivery.headers.get("ce-subject", ""),
        attempt=delivery.attempt,
        headers=delivery.headers,
        body=delivery.body,
    )
    hops.report(point, [message])


def _keep(
    bench: Workbench, *, headers: Mapping[str, str], body: str, **fields: object
) -> HandDelivery:
    # Any client may have sent it; PostgreSQL takes no NUL.
    safe = {escaped(name): escaped(value) for name, value in headers.items()}
    delivery = HandDelivery.objects.create(
        bench=bench,
        headers=safe,
        body=escaped(body, keep="\n\t")[:MOST_CHARACTERS],
        taken_at=timezone.now(),
        **fields,
    )
    of_its_kind = bench.deliveries.filter(kind=delivery.kind)
    kept = of_its_kind.values_list("pk", flat=True)[:KEPT]
    of_its_kind.exclude(pk__in=[*kept]).delete()
    return delivery


def newer_than(delivery: HandDelivery) -> HandDelivery | None:
    """Return the newest later delivery of the same message, if there is one."""
    same = HandDelivery.objects.filter(
        bench=delivery.bench_id, kind=delivery.kind, message=delivery.message
    )
    return same.filter(pk__gt=delivery.pk).first()
