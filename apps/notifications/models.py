"""The table of mails: a mail is stored as due before its task exists, so a lost task loses none."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper

from apps.messaging.hooks import ReachesHooks


class Mail(ReachesHooks, models.Model):
    """A mail about the end of an order; it must be sent once."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", "order confirmed"
        REJECTED = "rejected", "order rejected"
        CANCELLED = "cancelled", "order cancelled"

    class State(models.TextChoices):
        DUE = "due", "due"
        SENT = "sent", "sent"
        GIVEN_UP = "given up", "given up"

    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    to = models.EmailField()
    subject = models.CharField(max_length=255)
    body = models.TextField()

    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(
        null=True, blank=True, help_text="until then one task is sending it"
    )
    failing_since = models.DateTimeField(
        null=True, blank=True, help_text="the mail server has not taken it since then"
    )
    put_off_until = models.DateTimeField(
        null=True, blank=True, help_text="no task is enqueued before then"
    )
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "kind"], name="mail_once_per_order_and_kind")
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="mail_due"),
            models.Index(fields=["sent_at"], condition=Q(state="sent"), name="mail_sent"),
            models.Index(fields=["id"], condition=Q(state="given up"), name="mail_given_up"),
            models.Index(fields=["kind", "-id"], name="mail_by_kind"),
            models.Index(Upper("to"), name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"

    @property
    def key(self) -> str:
        """Identifies the mail in the Message-ID and in the logs."""
        return f"{self.order_id}-{self.kind}"
