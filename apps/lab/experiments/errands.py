"""The lab's own SQS queue, and an experiment's own jobs in it.

`web` receives here itself. Its policy in deploy/iam has no right to that, nor needs one: the lab
is in the demo alone, whose SQS asks for none.
"""

from django.db import transaction

from apps.lab.experiments.running import Running
from apps.lab.messages import QUEUE, Errand
from apps.messaging import outbox
from apps.messaging.jobs import receipts
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.operations import purging

VISIBILITY = 3
"""Seconds; a shop's is half a minute, which would be long to look at."""
AT_MOST = 10


def begin_empty() -> None:
    """Delete what a run that was broken off has left behind."""
    purging.drain(QUEUE)


@transaction.atomic
def send(running: Running, *, jobs: int = 1, seconds: float = 0.0) -> None:
    """Record jobs in the outbox, whose relay sends them."""
    for number in range(1, jobs + 1):
        errand = Errand(run=running.id, number=number, seconds=seconds)
        outbox.record(errand, key=f"lab:{running.id}:{number}")


def receive(running: Running, *, wait: int = 0) -> dict[int, ReceivedJob]:
    """Receive, and hide for `VISIBILITY` seconds; return this run's jobs by number."""
    received = receipts.receive(QUEUE.name, at_most=AT_MOST, wait_seconds=wait)
    if received:
        receipts.change_visibility(received, seconds=VISIBILITY)
    errands = [(Errand.read(job.body), job) for job in received]
    return {errand.number: job for errand, job in errands if errand.run == running.id}
