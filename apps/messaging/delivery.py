"""One delivery of an event, without its broker: decode at the door, handle once, judge.

A handler ends in three ways: it returns (ack), the message is unreadable (a dead letter, term),
or anything else is raised (later again, and after six failures a dead letter).
"""

import logging
import random
import traceback
from dataclasses import dataclass
from datetime import timedelta

from django.db import InterfaceError, OperationalError

from apps.messaging import dead_letters, inbox
from apps.messaging.dead_letters import storable
from apps.messaging.errors import MessageUnreadable
from apps.messaging.message import MAX_ID_LENGTH, Envelope, Event
from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.streams import Consumer
from apps.messaging.tracing import following

logger = logging.getLogger(__name__)

MAX_FAILURES = 6
LONGEST_DELAY = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What arrived: a subject, headers and bytes; where in the stream, and for which time."""

    subject: str
    headers: dict[str, str]
    body: bytes
    stream: str
    sequence: int
    attempt: int

    @property
    def message_id(self) -> str:
        """The same for every delivery of the message, and after a redrive."""
        event_id = self.headers.get("ce-id", "")
        usable = 0 < len(event_id) <= MAX_ID_LENGTH and event_id.isprintable()
        return event_id if usable else f"{self.stream}:{self.sequence}"


class Verdict:
    """What the broker is told about a delivery."""


class Done(Verdict):
    """Acknowledge it: the effect is committed, now or earlier."""


class Hopeless(Verdict):
    """Terminate it: it is a dead letter now."""


@dataclass(frozen=True)
class Later(Verdict):
    """Deliver it again after so many seconds."""

    delay: float


class DatabaseAway(Exception):
    """Nothing can be written, not even the failure: that is not the message's fault."""


def deliver(consumer: Consumer, delivery: Delivery) -> Verdict:
    """Handle one delivery and judge it. Raises `DatabaseAway`, and nothing else."""
    with following(delivery.headers.get("traceparent", "")):
        try:
            return _handle(consumer, delivery)
        except MessageUnreadable as error:
            return _bury(consumer, delivery, error)
        except Exception as error:  # The one place where a handler may fail in any way.
            return _retry_or_bury(consumer, delivery, error)


def _handle(consumer: Consumer, delivery: Delivery) -> Verdict:
    event_class = {event.subject: event for event in consumer.handlers}.get(delivery.subject)
    if event_class is None:
        raise MessageUnreadable(f"no event of ours has the subject {delivery.subject}")
    envelope = Envelope.from_headers(delivery.headers)
    _check_version(event_class, envelope)
    event = event_class.read(delivery.body)
    is_new = inbox.handle_once(
        consumer=consumer.durable,
        message_id=envelope.id,
        key=envelope.key,
        handler=lambda: consumer.handlers[event_class](event),
    )
    logger.info(
        "event handled" if is_new else "duplicate skipped",
        extra={
            "subject": delivery.subject,
            "order": envelope.key,
            "message_id": envelope.id,
            "attempt": delivery.attempt,
        },
    )
    return Done()


def _check_version(event_class: type[Event], envelope: Envelope) -> None:
    if envelope.type != event_class.ce_type():
        raise MessageUnreadable(f"ce-type {envelope.type} is not {event_class.ce_type()}")


def _bury(
    consumer: Consumer, delivery: Delivery, error: Exception, *, attempts: int = 1
) -> Verdict:
    reason = (
        str(error) if isinstance(error, MessageUnreadable) else f"{type(error).__name__}: {error}"
    )
    try:
        dead_letters.bury(
            transport=DeadLetter.Transport.JETSTREAM,
            consumer=consumer.durable,
            message_id=delivery.message_id,
            destination=delivery.subject,
            reason=reason,
            body=delivery.body,
            headers=delivery.headers,
            attempts=attempts,
            traceback="".join(traceback.format_exception(error)),
        )
    except (OperationalError, InterfaceError) as away:
        raise DatabaseAway from away
    return Hopeless()


def _retry_or_bury(consumer: Consumer, delivery: Delivery, error: Exception) -> Verdict:
    """Record the failure, so that attempts are counted by what the handler did, not by crashes."""
    seen = FailedDelivery.objects.filter(consumer=consumer.durable, message_id=delivery.message_id)
    try:
        FailedDelivery.objects.create(
            consumer=consumer.durable,
            message_id=delivery.message_id,
            error=storable(f"{type(error).__name__}: {error}"),
            traceback=storable("".join(traceback.format_exception(error))),
        )
        failures = seen.count()
    except (OperationalError, InterfaceError) as away:
        raise DatabaseAway from away
    if failures >= MAX_FAILURES:
        return _bury(consumer, delivery, error, attempts=failures)
    delay = retry_delay(failures)
    logger.error(
        "handler failed, will retry",
        exc_info=error,
        extra={"message_id": delivery.message_id, "attempt": failures, "delay": round(delay, 1)},
    )
    return Later(delay)


def retry_delay(failures: int) -> float:
    """Return seconds: 1, 2, 4 ... up to two minutes, a fifth of it at random either way."""
    delay = min(2.0 ** (failures - 1), LONGEST_DELAY.total_seconds())
    return delay * random.uniform(0.8, 1.2)
