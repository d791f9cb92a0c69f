"""The sales projection: a read model that only the events of the stream ORDERS write."""

from typing import ClassVar

from django.db import models


class SalesDay(models.Model):
    """How the orders placed on one day (UTC) have fared.

    Every event adds its delta, so the order of arrival doesn't matter; `units` and `revenue`
    count what was neither rejected nor cancelled and may be below zero for a moment.
    """

    day = models.DateField()
    currency = models.CharField(max_length=3)
    placed = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    revenue = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        ordering: ClassVar = ["-day", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "currency"], name="sales_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.revenue} {self.currency}"
