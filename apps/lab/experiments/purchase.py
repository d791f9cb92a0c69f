"""An experiment's own order, placed through the shop's checkout; its effects are counted."""

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.catalog.queries import list_products, product
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.orders.shopping import order_one_of
from apps.lab.polling import until
from apps.messaging.models import InboxEntry, OutboxMessage
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderPlaced

FULFILMENT = "fulfilment"
A_SECOND_MAIL = 1.0
"""Seconds in which a second mail, which must not come, would come."""


def _newest(rows: QuerySet[Any]) -> int:
    return rows.order_by("-id").values_list("id", flat=True).first() or 0


class Purchase:
    """An order for one piece of the product with the largest stock.

    It reads stock and outbox before the order is placed, to count the effects afterwards. Raises
    `NotRunnable` if nothing is in stock.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        found = max(list_products(limit=100).items, key=lambda each: each.stock, default=None)
        if found is None or not found.stock:
            raise NotRunnable("Nothing is in stock: reset the shop, or add stock to a product.")
        self.sku = found.sku
        self._stock = found.stock
        self._mark = _newest(OutboxMessage.objects.all())
        self._handled = _newest(InboxEntry.objects.all())
        self.order = str(order_one_of(self.sku).order.id)
        running.say(f"Order {self.order[:8]} is placed: one {found.name}.")

    def events(self, subject: str) -> list[OutboxMessage]:
        """Return the outbox's rows of the order on that subject."""
        return list(OutboxMessage.objects.filter(destination=subject, key=self.order))

    def placed(self) -> OutboxMessage:
        return self.events(OrderPlaced.subject)[0]

    def count_effects(self) -> None:
        """Count the effects that must happen once: stock, event, mail."""
        mails = self.mails_sent(within=15.0)  # It is the last effect of an order.
        count = self._running.count_equal
        count("pieces taken from the stock", predicted=1, counted=self._taken())
        confirmed = len(self.events(OrderConfirmed.subject))
        count("orders.confirmed recorded", predicted=1, counted=confirmed)
        count("mails sent", predicted=1, counted=mails)

    def mails_sent(self, *, within: float) -> int:
        """Wait for a mail, and a second longer for another one; return how many were sent."""
        sent = partial(self._running.hops_at, "mail.sent", key=self.order)
        self._running.look_for("mail.sent", within=within, key=self.order)
        until(lambda: len(sent()) > 1, within=A_SECOND_MAIL)
        return len(sent())

    @transaction.atomic
    def _taken(self) -> int:
        """Return how many pieces this order took, without those of other orders meanwhile."""
        others = OutboxMessage.objects.exclude(key=self.order)
        bought = others.filter(id__gt=self._mark, destination=OrderConfirmed.subject)
        handled = InboxEntry.objects.filter(id__gt=self._handled, consumer=FULFILMENT)
        cancelled = others.filter(
            destination=OrderCancelled.subject,
            message_id__in=_our_own(handled.values_list("message_id", flat=True)),
            # An order that was cancelled before that has taken nothing.
            key__in=others.filter(destination=OrderConfirmed.subject).values("key"),
        )
        change = self._pieces(cancelled) - self._pieces(bought)
        return self._stock + change - product(self.sku).stock

    def _pieces(self, events: QuerySet[OutboxMessage]) -> int:
        orders = [OrderConfirmed.read(body) for body in events.values_list("body", flat=True)]
        lines = [line for order in orders for line in order.lines]
        return sum(line.quantity for line in lines if line.sku == self.sku)


def _our_own(ids: Iterable[str]) -> list[UUID]:
    """Return the ids of the outbox; those of another source are no UUIDs alone."""
    found = []
    for id in ids:
        with suppress(ValueError):
            found.append(UUID(id))
    return found
