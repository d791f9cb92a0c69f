"""Asks for mails to be sent: when they become due, and periodically for those that are overdue.

Delivery is at least once: a job may run twice or in parallel with itself, which is harmless.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from apps.messaging import outbox
from apps.messaging.hooks.tracing import current_traceparent, following
from apps.messaging.operations import pruning
from apps.notifications import put_off, services
from apps.notifications.contract import SendMailJob
from apps.notifications.models import Mail
from apps.notifications.queries import overdue

logger = logging.getLogger(__name__)

OVERDUE = timedelta(seconds=settings.RECONCILE_AFTER)


def ask_to_send(mails: Iterable[Mail]) -> None:
    """Record the jobs of mails in the transaction of their rows, each in its order's trace."""
    traces: dict[int, str] = {}
    for mail in mails:
        traceparent = current_traceparent(str(mail.order_id))
        with following(traceparent):
            if not mail.skipped("mail.due"):
                traces[mail.id] = traceparent
    enqueue(traces)


def clean_up() -> None:
    """Delete mails that were sent long ago."""
    pruning.log_deleted({"mails": services.prune()})


@transaction.atomic
def reconcile() -> None:
    """Record another job for mails that were put off until now, or due for too long."""
    mails = overdue(since=OVERDUE)
    put_off.hold_back(mails, within=OVERDUE)
    enqueue(dict.fromkeys(mails, current_traceparent()))
    if mails:
        logger.warning("reconciled", extra={"mails": len(mails)})


def enqueue(traces: Mapping[int, str]) -> None:
    """Record a job for each mail; `traces` maps its id to the trace that the job follows."""
    outbox.record_all(_jobs(traces))


def _jobs(traces: Mapping[int, str]) -> Iterator[tuple[SendMailJob, str]]:
    for mail_id, traceparent in traces.items():
        # The row is made before the next one is asked for: in this trace.
        with following(traceparent):
            yield SendMailJob(id=mail_id), f"mail:{mail_id}"
