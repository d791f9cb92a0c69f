"""The tables behind the patterns: outbox, inbox, failures, dead letters, liveness, lost events."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.messaging.hooks import ReachesHooks
from apps.messaging.outbox_indexes import OUTBOX_INDEXES
from apps.messaging.stream_check import StreamCheck  # noqa: F401 - a table of this app


class OutboxMessage(ReachesHooks, models.Model):
    """A message that is sent if and only if the transaction that made it commits."""

    class Transport(models.TextChoices):
        JETSTREAM = "jetstream", "JetStream"
        SQS = "sqs", "SQS"

    message_id = models.UUIDField(
        unique=True, help_text="ce-id, Nats-Msg-Id and the inbox key; of a redrive the second alone"
    )
    # The column keeps its first name, so that old and new processes can run side by side.
    transport = models.CharField(max_length=16, choices=Transport, db_column="lane")
    destination = models.CharField(max_length=255, help_text="subject or queue")
    key = models.CharField(max_length=255, help_text="messages of one key are sent in order")
    # Text, not JSON: the relay passes both on without ever decoding them.
    headers = models.TextField()
    body = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now())

    lease_token = models.CharField(
        max_length=32, blank=True, help_text="fencing: only the claim that holds it marks this row"
    )
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(
        null=True, help_text="its destination took nothing, and is tried again then"
    )
    postponed_since = models.DateTimeField(
        null=True, help_text="when its destination first did not take it"
    )
    tries = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    stream_sequence = models.BigIntegerField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = OUTBOX_INDEXES

    def __str__(self) -> str:
        return f"{self.destination} {self.message_id}"


class InboxEntry(models.Model):
    """One consumer has handled one message; written in the transaction of the effect.

    `message_id` is that of `inbox.unique_id`: for another source than ours it is more than `ce-id`.
    """

    consumer = models.CharField(max_length=64)
    message_id = models.CharField(max_length=255)
    key = models.CharField(max_length=255, blank=True)
    handled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["consumer", "message_id"], name="inbox_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["key"], name="inbox_key"),
            models.Index(fields=["handled_at"], name="inbox_handled"),
        ]
        verbose_name_plural = "inbox entries"

    def __str__(self) -> str:
        return f"{self.consumer} {self.message_id}"


class FailedDelivery(models.Model):
    """One attempt at a message that ended in an error, or with the death of its worker."""

    consumer = models.CharField(max_length=64)
    message_id = models.CharField(max_length=255)
    identity = models.CharField(
        max_length=64, db_default="", editable=False, help_text="as that of a dead letter"
    )
    failed_at = models.DateTimeField(db_default=Now())
    error = models.TextField()
    traceback = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["consumer", "message_id"], name="failed_delivery_message"),
            models.Index(fields=["failed_at"], name="failed_delivery_at"),
        ]
        verbose_name_plural = "failed deliveries"

    def __str__(self) -> str:
        return f"{self.consumer} {self.message_id}: {self.error}"


class DeadLetter(ReachesHooks, models.Model):
    """A message that a consumer has given up, with the reason, so that no message is lost silently.

    If a redriven message fails again, the same letter is dead again, with the sum of its attempts.
    """

    class Transport(models.TextChoices):
        JETSTREAM = "jetstream", "JetStream"
        QUEUE_GROUP = "queue_group", "NATS queue group"
        SQS = "sqs", "SQS"
        CELERY = "celery", "Celery"
        OUTBOX = "outbox", "Outbox"

    class State(models.TextChoices):
        DEAD = "dead", "dead"
        REDRIVEN = "redriven", "redriven"
        DROPPED = "dropped", "dropped"

    transport = models.CharField(max_length=16, choices=Transport)
    consumer = models.CharField(max_length=64)
    message_id = models.CharField(
        max_length=255, help_text="ce-id, STREAM:sequence@time or MessageId; a sender may repeat it"
    )
    identity = models.CharField(
        max_length=64, null=True, editable=False, help_text="a digest of the message, id and all"
    )
    destination = models.CharField(max_length=255, help_text="subject, queue or task")
    reason = models.TextField()
    traceback = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=dict)
    body = models.TextField(help_text="as text; bytes that are no UTF-8 are escaped")
    died_at = models.DateTimeField(db_default=Now(), help_text="the last time")
    state = models.CharField(max_length=8, choices=State, default=State.DEAD)
    redrives = models.PositiveIntegerField(default=0)
    redriven_at = models.DateTimeField(null=True, help_text="the last time")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["consumer", "identity"], name="dead_letter_of_one_message"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-died_at", "-id"], name="dead_letter_last"),
            models.Index(fields=["state", "-died_at", "-id"], name="dead_letter_by_state"),
            models.Index(fields=["transport", "-died_at", "-id"], name="dead_letter_by_transport"),
            models.Index(fields=["transport"], condition=Q(state="dead"), name="dead_letter_count"),
            models.Index(fields=["consumer", "message_id"], name="dead_letter_message"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.message_id}: {self.reason}"


class WorkerInstance(models.Model):
    """The heartbeat of one process, written every few seconds, with the time of its last step."""

    name = models.CharField(max_length=64)
    instance = models.CharField(max_length=128)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    last_step_at = models.DateTimeField()
    is_ready = models.BooleanField(default=False)
    pause_reason = models.TextField(
        blank=True, default="", help_text="why it takes no work for a while, though all answers"
    )
    restarts = models.PositiveIntegerField(
        default=0, help_text="starts that followed a death without goodbye"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "instance"], name="worker_instance_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.instance}"
