"""Workbenches: a durable and a queue for each of a few visitors, removed when they are unused."""

import logging
import threading
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from apps.lab.models import Workbench
from apps.messaging.brokers.nats_for_once import NatsUser
from apps.messaging.by_hand.own_durable import DurableByHand
from apps.messaging.by_hand.own_queue import QueueByHand
from apps.messaging.errors import BrokerAway, MessagingError
from apps.orders.events import ORDERS

logger = logging.getLogger(__name__)

NUMBERS = range(1, 6)
"""Each has rights of its own in deploy/nats.conf."""
UNUSED_FOR = timedelta(minutes=5)
LOOK_EVERY_SECONDS = 20.0
ACK_WAIT = VISIBILITY = timedelta(seconds=30)
"""Longer than that of the shop's own consumers: a person reads before they answer."""
MAX_ACK_PENDING = 5
INBOX_PREFIX = "_INBOX_lab"
KEPT_LINES = 12


class NoneFree(MessagingError):
    """All workbenches are in use; one that is not used is free after five minutes."""


def durable_of(bench: Workbench) -> DurableByHand:
    return DurableByHand(
        name=str(bench),
        stream=ORDERS.name,
        user=NatsUser(url=settings.LAB_NATS_URL, inbox_prefix=INBOX_PREFIX),
        ack_wait=ACK_WAIT,
        max_ack_pending=MAX_ACK_PENDING,
        # For a shop that ends meanwhile; while one runs, its sweeper is earlier.
        unused_for=2 * UNUSED_FOR,
    )


def queue_of(bench: Workbench) -> QueueByHand:
    return QueueByHand(name=str(bench), visibility=VISIBILITY)


def of_visitor(visitor: UUID | None) -> Workbench | None:
    """Return the visitor's workbench, if one is in use.

    A page shows it, and must not wait for a broker: the sweeper removes those that are unused.
    """
    if Workbench.objects.filter(_is_unused()).exists():
        SWEEPER.begin()
    used = Workbench.objects.exclude(_is_unused())
    return used.filter(visitor=visitor).first() if visitor else None


def open_for(visitor: UUID) -> Workbench:
    """Return the visitor's workbench, a new one if they have none. Raises `NoneFree`.

    Unused ones are removed before.
    """
    close_unused()
    if bench := of_visitor(visitor):
        return bench
    taken = Workbench.objects.values_list("number", flat=True)
    for number in sorted(set(NUMBERS) - set(taken)):
        try:
            with transaction.atomic():
                bench, _ = Workbench.objects.get_or_create(
                    visitor=visitor, defaults={"number": number, "used_at": timezone.now()}
                )
        except IntegrityError:
            continue  # Another visitor was quicker.
        SWEEPER.begin()
        return bench
    raise NoneFree


def note(bench: Workbench, text: str, *, went_well: bool = True) -> None:
    """Add a line to the visitor's log; the workbench is in use."""
    line = [timezone.now().isoformat(), text, went_well]
    with transaction.atomic():
        # Two windows of one visitor may add a line at once.
        locked = Workbench.objects.select_for_update().filter(pk=bench.pk).first()
        if locked:
            locked.log = [*locked.log, line][-KEPT_LINES:]
            locked.used_at = timezone.now()
            locked.save(update_fields=["log", "used_at"])


def close(bench: Workbench) -> None:
    """Remove its durable and its queue, and free its number. Raises `BrokerAway`."""
    durable_of(bench).remove()
    if bench.has_queue:
        queue_of(bench).remove()
    bench.delete()


def close_unused() -> None:
    """Close the workbenches that were unused for `UNUSED_FOR`; those of a broker away stay."""
    for bench in Workbench.objects.filter(_is_unused()):
        try:
            close(bench)
        except BrokerAway as error:
            logger.warning("not removed", extra={"consumer": str(bench), "error": str(error)})


def _is_unused() -> Q:
    return Q(used_at__lt=timezone.now() - UNUSED_FOR)


def close_all() -> None:
    """Close every workbench, for the reset. Raises `BrokerAway`."""
    for bench in Workbench.objects.all():
        close(bench)


class Sweeper:
    """A thread that closes what is unused, while there is any workbench."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.is_running = False

    def begin(self) -> None:
        with self._lock:
            if not self.is_running:
                self.is_running = True
                threading.Thread(target=self._run, name="sweeper", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        while self._is_wanted():
            pause.wait(LOOK_EVERY_SECONDS)
            try:
                close_unused()
            except (DatabaseError, InterfaceError) as error:
                logger.warning("workbenches not read", extra={"error": str(error)})
            # For a wait as long as this it must not hold a connection.
            connection.close()

    def _is_wanted(self) -> bool:
        with self._lock:
            try:
                self.is_running = Workbench.objects.exists()
            except (DatabaseError, InterfaceError):
                connection.close()
            return self.is_running


SWEEPER = Sweeper()
