"""The sales projection, which only events of the stream ORDERS write, and the sent reports."""

from typing import ClassVar

from django.db import models


class SalesDay(models.Model):
    """The figures of the orders placed on one day in the shop's time zone, `settings.TIME_ZONE`.

    Every event adds its delta, so the order of arrival doesn't matter. `units` and `revenue` count
    orders that are neither rejected nor cancelled; they may be below zero for a moment.
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


class SalesReport(models.Model):
    """The report of one day. The row is stored before its mail is sent, and says whether it was."""

    day = models.DateField(unique=True)
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="until then one task is sending it"
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {'sent' if self.sent_at else 'due'}"
