"""A visitor's queue: jobs are sent to it, received, hidden for longer, and deleted by a handle."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from apps.lab.consumer import workbenches
from apps.lab.consumer.deliveries import keep_job, newer_than, report_end
from apps.lab.consumer.trouble import noting_trouble
from apps.lab.consumer.workbenches import VISIBILITY, note, queue_of
from apps.lab.feed import hops
from apps.lab.messages import Errand
from apps.lab.models import HandDelivery, Workbench
from apps.messaging.by_hand.own_queue import ACCEPTED, QueueByHand
from apps.messaging.hooks.tracing import current_traceparent

DELETE, EXTEND, SHOW = "delete", "extend", "show"
CALLS: dict[str, Callable[[QueueByHand, str], str]] = {
    DELETE: lambda queue, handle: queue.delete(handle),
    EXTEND: lambda queue, handle: queue.hide(handle, time=workbenches.VISIBILITY),
    SHOW: lambda queue, handle: queue.hide(handle, time=timedelta(0)),
}
NAMES = {
    DELETE: "DeleteMessage",
    EXTEND: f"ChangeMessageVisibility to {VISIBILITY.seconds} s",
    SHOW: "ChangeMessageVisibility to 0 s",
}
SAYS = {
    DELETE: "Only this removes a job from its queue.",
    EXTEND: "The job is hidden for that long from now on. Its receive count stays the same.",
    SHOW: "The job is visible again: the next receive gets it, with a new handle.",
}


def make_queue(bench: Workbench) -> None:
    """Make the visitor's queue, and forget what an earlier one has delivered."""
    queue = queue_of(bench)
    with noting_trouble(bench, "No queue was made"):
        Workbench.objects.filter(pk=bench.pk).update(has_queue=True)
        queue.make()
        bench.deliveries.filter(kind=HandDelivery.Kind.JOB).delete()
        note(bench, f"Made the queue {queue.name}, visibility timeout {VISIBILITY.seconds} s.")


def send(bench: Workbench) -> None:
    """Send a numbered job to the visitor's queue."""
    Workbench.objects.filter(pk=bench.pk).update(jobs_sent=F("jobs_sent") + 1)
    bench.refresh_from_db(fields=["jobs_sent"])
    errand = Errand(run=0, number=bench.jobs_sent)
    key = f"{bench}:{bench.jobs_sent}"
    with noting_trouble(bench, "Nothing was sent"), hops.new_trace():
        queue_of(bench).send(errand, key=key, traceparent=current_traceparent())
        note(bench, f"Sent job {bench.jobs_sent}.{in_words(queue_of(bench).counts())}")


def receive(bench: Workbench) -> None:
    """Receive one job, and keep its delivery."""
    queue = queue_of(bench)
    with noting_trouble(bench, "Nothing was received"):
        job = queue.receive()
        if job is None:
            empty = "Received for a second, and no job is visible."
            note(bench, f"{empty}{in_words(queue.counts())}")
            return
        kept = keep_job(bench, job)
        again = " The same job again, with a new receipt handle." if kept.attempt > 1 else ""
        note(
            bench,
            f"Received a job, receive count {kept.attempt}.{again} It is not removed: SQS hides it "
            f"for {VISIBILITY.seconds} s.",
        )


def answer(bench: Workbench, id: int, how: str) -> None:
    """Make a call with one receipt handle; any other id, or call, changes nothing."""
    delivery = bench.deliveries.filter(pk=id, kind=HandDelivery.Kind.JOB).first()
    if delivery is None or how not in calls_after(delivery.ended):
        return
    queue = queue_of(bench)
    handle = f"the handle of receive {delivery.attempt}"
    with noting_trouble(bench, f"{NAMES[how]} with {handle} failed"):
        answered = CALLS[how](queue, delivery.handle)
        age = _age(delivery)
        if answered != ACCEPTED:
            text = f"{NAMES[how]} with {handle}{age}: SQS answers {answered}, and changes nothing."
            note(bench, f"{text}{in_words(queue.counts())}", went_well=False)
            return
        _end(delivery, how)
        text = f"{NAMES[how]} with {handle}{age}: SQS answers with success. {SAYS[how]}"
        note(bench, f"{text}{_caution(age)}{in_words(queue.counts())}")


def calls_after(ended: str) -> tuple[str, ...]:
    """Return what can still be called: with the handle of a shown job, a delete can be tried."""
    return {"": tuple(CALLS), SHOW: (DELETE,)}.get(ended, ())


def _end(delivery: HandDelivery, how: str) -> None:
    now = timezone.now()
    if how == DELETE:
        report_end(delivery, "job.deleted")
    delivery.until = now + workbenches.VISIBILITY if how == EXTEND else now
    delivery.ended = "" if how == EXTEND else how
    delivery.save(update_fields=["until", "ended"])


def _age(delivery: HandDelivery) -> str:
    if newer := newer_than(delivery):
        return f", which is older than that of receive {newer.attempt}"
    return ", whose time is over" if delivery.until <= timezone.now() else ""


def _caution(age: str) -> str:
    """Return what an answer to an old handle does not say; empty for a handle that holds."""
    if not age:
        return ""
    return (
        " Do not rely on it: AWS may take a delete with an old handle and remove nothing, and "
        "refuses a change after the time. The counts say what it did here."
    )


def in_words(counts: dict[str, int] | None) -> str:
    """Return what SQS knows now, as a sentence that can follow others."""
    if counts is None:
        return " SQS has no such queue any more."
    return f" Now visible: {counts['visible']}, hidden: {counts['in_flight']}."
