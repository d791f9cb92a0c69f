"""Tables of the lab: faults that are on, runs of experiments, the load, and workbenches."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Fault(models.Model):
    """A fault that is on until `until`; every process reads this table.

    An empty `consumer` or `trace` means all; `first` is how many deliveries of a message it
    breaks, None for all.
    """

    point = models.CharField(max_length=32)
    action = models.CharField(max_length=8)
    rate = models.FloatField(default=1.0, help_text="the part of the messages that it strikes")
    seconds = models.FloatField(default=1.0, help_text="how long a delay is")
    consumer = models.CharField(max_length=64, blank=True, help_text="durable, queue or group")
    trace = models.CharField(max_length=32, blank=True, help_text="an experiment's own messages")
    first = models.PositiveIntegerField(null=True, blank=True)
    set_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["set_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["point", "consumer", "trace"], name="lab_fault_once")
        ]

    def __str__(self) -> str:
        return f"{self.point}={self.action}"


class Run(models.Model):
    """One run of an experiment, and what it counted."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        HELD = "held", "held"
        BROKEN = "broken", "broken"
        FAILED = "failed", "could not be run"

    experiment = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    trace = models.CharField(max_length=32, blank=True)
    steps = models.JSONField(default=list, help_text="[[seconds since the start, text], ...]")
    counts = models.JSONField(default=list, help_text="[[what, predicted, counted, held], ...]")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["experiment", "-id"], name="lab_run_newest")]

    def __str__(self) -> str:
        return f"{self.experiment} {self.state}"


class Load(models.Model):
    """Orders a second that the lab places by itself; one row."""

    rate = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.rate} orders a second"


BY_HAND = "by-hand-"
"""How the names of visitors' durables and queues begin."""


class Workbench(models.Model):
    """A visitor's own durable and queue, on which they are the consumer.

    Both are named after its `number`, of which there are few. An empty `subject` means that it has
    no durable, or has none any more.
    """

    number = models.PositiveSmallIntegerField(unique=True)
    visitor = models.UUIDField(unique=True)
    subject = models.CharField(max_length=64, blank=True, help_text="the filter of its durable")
    has_queue = models.BooleanField(default=False)
    jobs_sent = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(db_default=Now())
    log = models.JSONField(default=list, help_text="[[time in ISO 8601, text, went well], ...]")

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{BY_HAND}{self.number}"


class HandDelivery(models.Model):
    """One delivery of an event or a job to a workbench, and how it ended.

    `message` is the same for each delivery of one message: its sequence in the stream, or SQS's id.
    `handle` answers this delivery: the subject of its acknowledgement, or its receipt handle.
    """

    class Kind(models.TextChoices):
        EVENT = "event", "event"
        JOB = "job", "job"

    bench = models.ForeignKey(Workbench, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=Kind)
    message = models.CharField(max_length=128)
    destination = models.CharField(max_length=255)
    headers = models.JSONField(default=dict)
    body = models.TextField()
    attempt = models.PositiveIntegerField()
    handle = models.TextField()
    taken_at = models.DateTimeField()
    until = models.DateTimeField(help_text="when the broker may deliver the message again")
    ended = models.CharField(max_length=16, blank=True, help_text="by which answer, if any")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["bench", "kind", "-id"], name="lab_hand_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.message}, attempt {self.attempt}"
