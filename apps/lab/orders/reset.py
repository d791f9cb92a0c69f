"""Reset: restores the seeded shop within seconds, also while messages are in flight."""

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from apps.lab.consumer import workbenches
from apps.lab.consumer.workbenches import INBOX_PREFIX
from apps.lab.orders.load import LOOK_EVERY_SECONDS
from apps.lab.polling import until
from apps.lab.processes import supervisor
from apps.lab.processes.supervisor import SupervisorAway
from apps.lab.queries import load_rate
from apps.lab.services import set_load, switch_off
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import declared_streams
from apps.messaging.jobs.job_queue import declared_queues
from apps.messaging.operations import purging
from apps.messaging.operations.status import status

logger = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()

PATIENCE = 2.5
"""Seconds in which messages in flight may be handled."""
FORCED = 5.0
"""Seconds since the start, after which the reset does not wait any more."""
CONSUMER_HAS = ("pending", "ack_pending")
QUEUE_HAS = ("visible", "in_flight")
# A row that points to another is deleted before it.
EMPTIED = (
    "notifications.Mail",
    "fulfilment.Reservation",
    "orders.IdempotencyKey",
    "orders.OrderLine",
    "orders.Order",
    "sales.SalesDay",
    "messaging.OutboxMessage",
    "messaging.InboxEntry",
    "messaging.FailedDelivery",
    "messaging.DeadLetter",
    "lab.Run",
)


@dataclass(frozen=True, kw_only=True)
class Report:
    """How many seconds it took, and what failed."""

    seconds: float
    problems: tuple[str, ...]


def reset() -> Report:
    """Restore the seeded state: faults and load off, all else empty, prices and stock reset.

    All workers run, as many as at the start, where this page can start them.
    A second call waits for the first, and then resets again.
    """
    with _one_at_a_time:
        return _reset()


def _reset() -> Report:
    began = time.monotonic()
    _calm()
    problems = _remove_workbenches()
    until(is_idle, within=PATIENCE)
    problems |= _purge(began + FORCED)
    _empty_tables()
    # A worker may have recorded more for a message in flight; its order is deleted by now.
    problems |= _purge(began + FORCED + 1)
    _empty_tables()
    # With a lower verbosity `seed` would raise the log level of this process.
    call_command("seed", restore=True, verbosity=2, stdout=StringIO())
    report = Report(seconds=time.monotonic() - began, problems=tuple(sorted(problems)))
    logger.warning("reset", extra={"seconds": round(report.seconds, 1)})
    return report


def is_idle() -> bool:
    """Return whether no message is in the outbox, in a stream or in a queue, as far as is known."""
    now = status()
    if now["outbox"] is None:
        return False  # The database did not answer in time.
    waiting = [now["outbox"]["unsent"]]
    waiting += [each.get(part, 0) for each in now["consumers"] for part in CONSUMER_HAS]
    waiting += [each.get(part, 0) for each in now["queues"] for part in QUEUE_HAS]
    return not any(waiting)


def _calm() -> None:
    was_on = load_rate() > 0
    set_load(rate=0)
    switch_off()
    with suppress(SupervisorAway):  # As in compose.
        supervisor.restore()
    if was_on:
        time.sleep(LOOK_EVERY_SECONDS)  # Its thread may still place the orders of this second.


def _remove_workbenches() -> set[str]:
    """Remove the durables and queues of visitors; return what failed."""
    try:
        workbenches.close_all()
    except BrokerAway as error:
        return {str(error)}
    return set()


def _purge(deadline: float) -> set[str]:
    """Empty outbox, streams and queues until nothing is in flight; return what failed."""
    problems: set[str] = set()

    def is_empty() -> bool:
        _empty("messaging.OutboxMessage")
        try:
            _empty_brokers()
        except BrokerAway as error:
            problems.add(str(error))
        return is_idle()

    until(is_empty, within=deadline - time.monotonic())
    return problems


def _empty_brokers() -> None:
    """Empty streams and queues. Raises `BrokerAway`."""
    purging.purge_streams(declared_streams(), url=settings.LAB_NATS_URL, inbox_prefix=INBOX_PREFIX)
    for queue in declared_queues():
        purging.purge_queue(queue)


@transaction.atomic
def _empty_tables() -> None:
    for label in EMPTIED:
        _empty(label)


def _empty(label: str) -> None:
    apps.get_model(label)._default_manager.all().delete()
