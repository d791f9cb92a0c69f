"""The table of what the last comparison of each stream with the outbox has found."""

from django.db import models


class StreamCheck(models.Model):
    """The last comparison of a stream with the outbox, and how many events the stream has lost."""

    stream = models.CharField(max_length=255, unique=True)
    lost = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()
    sent_until = models.DateTimeField(null=True, help_text="rows sent later are not compared yet")
    deleted = models.PositiveBigIntegerField(default=0, help_text="messages of its middle")
    whole_at = models.DateTimeField(null=True, help_text="when all rows were compared")
    # A comparison of all rows goes on at the next check where it has stopped.
    next_sent_at = models.DateTimeField(null=True, help_text="it stopped at a row sent then")
    next_id = models.BigIntegerField(default=0, help_text="it stopped at this row")
    lost_so_far = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream}: {self.lost} lost"
