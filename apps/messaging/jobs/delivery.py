"""A job as it was received: hidden from others for a while, and deleted by its receipt handle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apps.messaging.handling import dead_letters
from apps.messaging.jobs.lease import JobLease
from apps.messaging.message import deduplication_id
from apps.messaging.models import DeadLetter


@dataclass(frozen=True, kw_only=True, eq=False)
class ReceivedJob:
    """A job that is hidden from other receivers for as long as its receipt handle holds.

    Work that takes long calls `lease.check()` between its steps.
    """

    queue: str
    headers: Mapping[str, str]
    body: str
    attempt: int
    sqs_id: str
    receipt_handle: str
    sent_at: datetime | None = None
    lease: JobLease = field(default_factory=JobLease)

    @property
    def transport(self) -> str:
        """Return the transport for a dead letter of it."""
        return DeadLetter.Transport.SQS

    @property
    def consumer(self) -> str:
        """Return the name of the consumer, which is that of the queue."""
        return self.queue

    @property
    def destination(self) -> str:
        """Return its queue."""
        return self.queue

    @property
    def log_fields(self) -> dict[str, str]:
        """Return the fields of each log line about it."""
        return {"queue": self.queue}

    @property
    def message_id(self) -> str:
        """The same for every delivery: the sender's `ce-id`, or SQS's own id without one."""
        return deduplication_id(self.headers) or self.sqs_id

    @property
    def identity(self) -> str:
        """Return a digest that identifies the job, also after a redrive."""
        return dead_letters.identity_of(self)
