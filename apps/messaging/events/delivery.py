"""One delivery of an event: decode it, handle it once, and judge the attempt.

The consumer's loop makes a `Delivery` of what it has fetched, and settles it by the verdict.
"""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from nats.aio.msg import Msg

from apps.messaging.errors import MessageUnreadable, UnknownVersion
from apps.messaging.events import idle_attempts, inbox
from apps.messaging.events.streams import Consumer
from apps.messaging.events.versions import read_any_version
from apps.messaging.handling import dead_letters
from apps.messaging.handling.judging import RetryPolicy, detecting_poison, message_at, verdict_of
from apps.messaging.handling.verdicts import Ack, Verdict
from apps.messaging.hooks import ReachesHooks
from apps.messaging.hooks.steps import processing
from apps.messaging.message import REDRIVE_FOR, Envelope, Event, deduplication_id, is_ours
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter
from apps.messaging.names import KEY
from apps.messaging.worker.time_limits import at_most

logger = logging.getLogger(__name__)

MAX_FAILURES = 6
FIRST_DELAY_SECONDS, LONGEST_DELAY = 1.0, timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Delivery(ReachesHooks):
    """A delivered message: subject, headers and bytes; its consumer, sequence and attempt."""

    consumer: str
    subject: str
    headers: dict[str, str]
    body: bytes
    stream: str
    sequence: int
    attempt: int
    stored_at: datetime | None = None

    @classmethod
    def of(cls, message: Msg, *, consumer: str) -> Self:
        """Return the delivery of a message. Raises `NotJSMessageError` if it is of no stream."""
        return cls(
            consumer=consumer,
            subject=message.subject,
            headers=dict(message.headers or {}),
            body=message.data,
            stream=message.metadata.stream,
            sequence=message.metadata.sequence.stream,
            attempt=message.metadata.num_delivered,
            stored_at=message.metadata.timestamp,
        )

    @property
    def message_id(self) -> str:
        """Return the id, the same for every delivery of the message, and after a redrive."""
        return deduplication_id(self.headers) or self._place

    @property
    def transport(self) -> str:
        """Return the transport for a dead letter of it."""
        return DeadLetter.Transport.JETSTREAM

    @property
    def destination(self) -> str:
        """Return its subject."""
        return self.subject

    @property
    def log_fields(self) -> dict[str, Any]:
        """Return the fields of each log line about it."""
        return {"consumer": self.consumer, "subject": self.subject, KEY: self.key}

    @property
    def key(self) -> str:
        """Return the ordering key; empty if the sender gave none."""
        return self.headers.get("ce-subject", "")

    @property
    def identity(self) -> str:
        """Return a digest that identifies the message, also after a redrive."""
        return dead_letters.identity_of(self)

    @property
    def _place(self) -> str:
        """Return stream, sequence and time; a stream that is created again reuses its sequences."""
        # To the second: nats-py rounds the fraction in one place and cuts it off in another.
        time = f"@{self.stored_at:%Y-%m-%dT%H:%M:%SZ}" if self.stored_at else ""
        return f"{self.stream}:{self.sequence}{time}"

    def is_for(self, consumer: Consumer) -> bool:
        """Return whether it is for this consumer; a redriven event is for one consumer only."""
        return self.headers.get(REDRIVE_FOR, consumer.durable) == consumer.durable

    def read(self, consumer: Consumer) -> tuple[Envelope, Event]:
        """Decode it for a consumer.

        Raises `MessageUnreadable` if it is no event for it, `UnknownVersion` if it is one of ours
        of a version that a newer reader may know.
        """
        event_class = {event.subject: event for event in consumer.handlers}.get(self.subject)
        if event_class is None:
            raise MessageUnreadable(f"no event is declared for the subject {self.subject}")
        envelope = Envelope.from_headers(self.headers)
        event = read_any_version(event_class, envelope.type, self.body)
        if event is None:
            known = envelope.type.rpartition(".v")[0] == event_class.ce_type().rpartition(".v")[0]
            kind = UnknownVersion if known and is_ours(self.headers) else MessageUnreadable
            raise kind(f"ce-type {envelope.type} is not {event_class.ce_type()}")
        return envelope, event


@dataclass(frozen=True, kw_only=True, eq=False)
class DecodedEvent:
    """The event of a delivery, with its envelope and its entry in the inbox."""

    delivery: Delivery
    envelope: Envelope
    event: Event
    entry: MessageAt

    @classmethod
    def fetched(cls, delivery: Delivery, consumer: Consumer) -> Self:
        """Decode a delivery that was fetched. Raises as `Delivery.read`."""
        delivery.reached("consumer.fetched")
        envelope, event = delivery.read(consumer)
        entry = MessageAt(consumer.durable, inbox.unique_id(envelope), delivery.identity)
        return cls(delivery=delivery, envelope=envelope, event=event, entry=entry)

    def reach_handled(self) -> None:
        """Reach the hook after the handler, in its transaction."""
        self.delivery.reached("consumer.handled")

    def log(self, *, is_new: bool) -> None:
        """Log after the commit that the event was handled, or why it was skipped."""
        logger.info(
            "event handled" if is_new else _why_skipped(self.entry),
            extra={
                "subject": self.delivery.subject,
                KEY: self.envelope.key,
                "message_id": self.envelope.id,
                "attempt": self.delivery.attempt,
            },
        )


def _why_skipped(entry: MessageAt) -> str:
    dropped = dead_letters.is_dropped(consumer=entry.consumer, identity=entry.identity)
    return "dropped letter skipped" if dropped else "duplicate skipped"


def deliver(consumer: Consumer, delivery: Delivery) -> Verdict:
    """Handle one delivery, and return the verdict. Raises `DatabaseAway`, and nothing else."""
    if not delivery.is_for(consumer) or consumer.skips(delivery.subject):
        return Ack()
    with processing(delivery):
        try:
            with detecting_poison(delivery, max_failures=MAX_FAILURES):
                _handle(consumer, delivery)
        except Exception as error:  # Handlers may fail in any way; the verdict is recorded.
            idle_attempts.note(delivery.identity, error)
            return verdict_of(error, delivery, _policy())
        return Ack()


def _handle(consumer: Consumer, delivery: Delivery) -> None:
    decoded = DecodedEvent.fetched(delivery, consumer)
    entry = decoded.entry
    longest = consumer.longest_seconds or settings.LONGEST_TIMES.handler
    idle = longest if idle_attempts.has_ended(entry.identity) else None
    # The limit ends after the commit: `on_commit` hooks, which run in it, may hang as well.
    with (
        ExitStack() as limit,
        inbox.entered(entry, key=decoded.envelope.key, idle_seconds=idle) as is_new,
    ):
        if is_new:
            # Only now does its time begin: a handler that waits for the database does not hang.
            limit.enter_context(at_most(longest, delivery.subject, message_at(delivery)))
            consumer.handlers[type(decoded.event)](decoded.event)
            decoded.reach_handled()
    decoded.log(is_new=is_new)


def _policy() -> RetryPolicy:
    return RetryPolicy(
        max_failures=MAX_FAILURES,
        first_delay=FIRST_DELAY_SECONDS,
        longest_delay=LONGEST_DELAY.total_seconds(),
        hook="consumer.failed",
        at_least=settings.RETRIES.events_for,
    )
