"""The lab's own SQS queue, and the jobs of one experiment in it.

`web` receives from this queue. Its policy in deploy/iam does not allow that, and need not: the lab
runs in the demo only, whose SQS checks no policy.
"""

from django.db import transaction

from apps.lab.experiments.running import Running
from apps.lab.messages import QUEUE, Errand
from apps.messaging import outbox
from apps.messaging.jobs import receipts
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.operations import purging

VISIBILITY = 3
"""Seconds; the shop's own timeout would be long to watch."""
AT_MOST = 10


def begin_empty() -> None:
    """Delete the jobs of a run that was interrupted."""
    purging.drain(QUEUE)


@transaction.atomic
def send(running: Running, *, jobs: int = 1, seconds: float = 0.0) -> None:
    """Record jobs in the outbox; its relay sends them."""
    for number in range(1, jobs + 1):
        errand = Errand(run=running.id, number=number, seconds=seconds)
        outbox.record(errand, key=f"lab:{running.id}:{number}")


def receive(running: Running, *, wait: int = 0) -> dict[int, ReceivedJob]:
    """Receive jobs, hide them for `VISIBILITY` seconds, and return those of this run by number."""
    received = receipts.receive(QUEUE.name, at_most=AT_MOST, wait_seconds=wait)
    if received:
        receipts.change_visibility(received, seconds=VISIBILITY)
    errands = [(Errand.read(job.body), job) for job in received]
    return {errand.number: job for errand, job in errands if errand.run == running.id}
