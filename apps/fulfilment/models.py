"""The table of the stock that orders have reserved."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Reservation(models.Model):
    """The stock that an order holds, or held until `released_at`. A row is never deleted."""

    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField(help_text="[[SKU, quantity], ...]")
    created_at = models.DateTimeField(db_default=Now())
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=Q(released_at__isnull=False), name="reservation_released"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {len(self.lines)} lines"
