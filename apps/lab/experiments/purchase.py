"""An experiment's own order: placed by the shop's checkout, and its effects counted."""

from functools import partial

from django.db import transaction

from apps.catalog.queries import list_products, product
from apps.lab.experiments.running import CannotRun, Running
from apps.lab.waiting import until
from apps.messaging.models import OutboxMessage
from apps.orders.checkout import check_out
from apps.orders.events import OrderConfirmed, OrderPlaced
from apps.orders.lines import RequestedLine

EMAIL = "lab@example.com"
A_SECOND_MAIL = 1.0
"""Seconds in which one that should not be would have come."""


class Purchase:
    """An order for one piece of what the shop has most of.

    Stock and outbox are noted before it is placed, so that its effects can be counted after. Raises
    `CannotRun` where nothing is in stock.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        found = max(list_products(limit=100).items, key=lambda each: each.stock, default=None)
        if found is None or not found.stock:
            raise CannotRun("Nothing is in stock: reset the shop, or put something on the shelf.")
        self.sku = found.sku
        self._stock = found.stock
        self._mark = OutboxMessage.objects.order_by("-id").values_list("id", flat=True).first() or 0
        lines = [RequestedLine(sku=self.sku, quantity=1)]
        self.order = str(check_out(email=EMAIL, lines=lines).order.id)
        running.say(f"Order {self.order[:8]} is placed: one {found.name}.")

    def events(self, subject: str) -> list[OutboxMessage]:
        """Return what the outbox has recorded for the order on that subject."""
        return list(OutboxMessage.objects.filter(destination=subject, key=self.order))

    def placed(self) -> OutboxMessage:
        return self.events(OrderPlaced.subject)[0]

    def count_effects(self) -> None:
        """Count what must have happened once: stock, event, mail."""
        mails = self.mails_sent(within=15.0)  # It is the last of what an order brings about.
        count = self._running.count_equal
        count("pieces taken from the stock", predicted=1, counted=self._taken())
        confirmed = len(self.events(OrderConfirmed.subject))
        count("orders.confirmed recorded", predicted=1, counted=confirmed)
        count("mails sent", predicted=1, counted=mails)

    def mails_sent(self, *, within: float) -> int:
        """Wait for a mail, and a moment for a second one; return how many were sent."""
        sent = partial(self._running.heard, "mail.sent", key=self.order)
        self._running.look_for("mail.sent", within=within, key=self.order)
        until(lambda: len(sent()) > 1, within=A_SECOND_MAIL)
        return len(sent())

    @transaction.atomic
    def _taken(self) -> int:
        """Return the pieces that are gone, without what others have bought meanwhile."""
        others = OutboxMessage.objects.filter(
            id__gt=self._mark, destination=OrderConfirmed.subject
        ).exclude(key=self.order)
        bought = sum(
            line.quantity
            for row in others
            for line in OrderConfirmed.read(row.body).lines
            if line.sku == self.sku
        )
        return self._stock - product(self.sku).stock - bought
