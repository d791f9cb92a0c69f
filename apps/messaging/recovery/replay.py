"""Replay: a stream read again from its start, to build a projection beside the live one.

Duplicates are found by `ce-source` and `ce-id`, so a redriven event counts once too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from apps.messaging.errors import MessageUnreadable, UnknownVersion
from apps.messaging.events import inbox
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.streams import Consumer
from apps.messaging.handling import dead_letters
from apps.messaging.message import Envelope
from apps.messaging.recovery.stream_reading import StreamReading, call


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """An event of the stream, without its duplicates."""

    envelope: Envelope
    event: Any  # of one of the classes that the consumer's handlers take


class Replay:
    """One reading of a stream, from a sequence or a time on, with the event types of `consumer`.

    No message that was stored after `gapless_after` is missing; it is None if the stream was read
    from its very first message. Raises `StreamMissing`, or `BrokerAway`.
    """

    def __init__(
        self,
        consumer: Consumer,
        *,
        from_sequence: int | None = None,
        since: datetime | None = None,
    ) -> None:
        self.consumer = consumer
        self.first_sequence = self.last_sequence = 0
        self.gapless_after: datetime | None = None
        self.duplicates = self.foreign = 0
        self._seen: set[str] = set()
        self._dropped = dead_letters.dropped(consumer=consumer.durable)
        config = _config(consumer, from_sequence, since)
        self._place = StreamReading(consumer.stream.name, config)

    @property
    def messages(self) -> int:
        """The number of messages read, of all kinds."""
        return len(self._seen) + self.duplicates + self.foreign

    def pending(self) -> int:
        """Return how many messages the stream holds after those that were read.

        Raises `BrokerAway`.
        """
        return self._place.pending()

    def read(self) -> Iterator[list[Replayed]]:
        """Yield the present events of the stream in batches; a further call yields newer ones.

        Raises `BrokerAway`; this replay cannot continue then.
        """
        for messages in self._place.batches():
            self._note_place(messages)
            yield [new for message in messages if (new := self._understood(message))]

    def _understood(self, message: Msg) -> Replayed | None:
        delivery = Delivery.of(message, consumer=self.consumer.durable)
        if self.consumer.skips(delivery.subject):
            return None  # As the live consumer did.
        try:
            envelope, event = delivery.read(self.consumer)
        except (MessageUnreadable, UnknownVersion):
            self.foreign += 1  # The live consumer has made a dead letter of it.
            return None
        if self._dropped and delivery.identity in self._dropped:
            self.foreign += 1
            return None
        id = inbox.unique_id(envelope)
        if id in self._seen:
            self.duplicates += 1
            return None
        self._seen.add(id)
        return Replayed(envelope=envelope, event=event)

    def _note_place(self, messages: list[Msg]) -> None:
        if not self.first_sequence:
            first = messages[0].metadata
            self.first_sequence = first.sequence.stream
            if self.first_sequence > 1:
                before = call(
                    lambda nc: _time_of(nc, self.consumer.stream.name, self.first_sequence - 1)
                )
                # Where that is gone, so may be others that came just before the first.
                self.gapless_after = before or first.timestamp
        self.last_sequence = messages[-1].metadata.sequence.stream


def _config(
    consumer: Consumer, from_sequence: int | None, since: datetime | None
) -> ConsumerConfig:
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=max(from_sequence or 1, 1),
        filter_subjects=consumer.config().filter_subjects,
    )
    if since is None:
        return config
    return config.evolve(
        deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_seq=None, opt_start_time=since
    )


async def _time_of(nc: Client, stream: str, sequence: int) -> datetime | None:
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    try:
        return (await jetstream.get_msg(stream, sequence)).time
    except NotFoundError:
        return None
