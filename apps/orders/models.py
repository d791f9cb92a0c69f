"""The tables of orders: carts, orders, their lines, their visitors, and idempotency keys."""

import secrets
import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper
from django.utils import timezone


def new_token() -> str:
    """Return 32 random letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(24)


class Order(models.Model):
    """An order. Each change of its status locks its row first."""

    class Status(models.TextChoices):
        PLACED = "placed", "placed"
        CONFIRMED = "confirmed", "confirmed"
        REJECTED = "rejected", "rejected"
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The database's default is for processes of the older release during a deployment.
    token = models.CharField(max_length=32, default=new_token, db_default="", editable=False)
    email = models.EmailField()
    status = models.CharField(max_length=16, choices=Status, default=Status.PLACED)
    reason = models.CharField(
        max_length=255, blank=True, help_text="why it was rejected or cancelled"
    )
    total = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    placed_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(status="placed", ended_at=None)
                | Q(
                    status__in=["confirmed", "rejected", "cancelled"],
                    ended_at__isnull=False,
                ),
                name="order_ended_with_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-placed_at"], name="order_recent"),
            models.Index(fields=["status", "-placed_at"], name="order_by_status"),
            models.Index(Upper("email"), name="order_by_email"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    @property
    def has_ended(self) -> bool:
        return self.status != self.Status.PLACED

    @property
    def day_placed(self) -> date:
        """The day in the shop's time zone, `settings.TIME_ZONE`."""
        return timezone.localdate(self.placed_at, timezone.get_default_timezone())


class OrderLine(models.Model):
    """One product of an order, with its name and price at the time of the order."""

    # Names are cut, so that the event of a hundred lines fits into one message.
    NAME_LENGTH = 120

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    sku = models.CharField("SKU", max_length=64)
    name = models.CharField(max_length=NAME_LENGTH)
    quantity = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "sku"], name="order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0), name="order_line_price"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class CartItem(models.Model):
    """The quantity of one product in a visitor's cart; the session holds only the cart's id."""

    cart = models.UUIDField()
    sku = models.CharField("SKU", max_length=64)
    quantity = models.PositiveIntegerField()
    changed_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "sku"], name="cart_item_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_item_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class VisitorsOrder(models.Model):
    """A visitor may see the whole order, and cancel it; the session holds only the visitor's id."""

    visitor = models.UUIDField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    remembered_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["visitor", "order"], name="visitors_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} of {self.visitor}"


class IdempotencyKey(models.Model):
    """A client's key for one request, and the order that the request has placed."""

    key = models.CharField(max_length=255, unique=True)
    body_hash = models.CharField(max_length=64)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.key
