"""Declarations of streams and their consumers, which `manage.py provision` creates."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils.module_loading import import_string
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from apps.messaging.message import Event

ACK_WAIT = timedelta(seconds=10)
"""A message without an acknowledgement or a sign of progress for this time is redelivered."""
WITHOUT_END = -1
"""The `max_deliver` of every durable: unlimited. Consumers count attempts (attempts.py). The server
counts deliveries, which grow at each outage."""
MAX_ACK_PENDING = 1000
"""Delayed retries keep their slots: a small number would let a few of them starve the rest."""
DUPLICATE_WINDOW = timedelta(minutes=10)
"""Above the relay's lease and retries, so that a repeated publish is stored once."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream on file storage; a full one rejects events: the outbox waits, nothing is lost.

    With `discard="old"` it deletes its oldest message instead. `max_bytes` counts headers too.
    """

    name: str
    subjects: tuple[str, ...]
    max_age: timedelta = timedelta(days=7)
    max_bytes: int = 1024**3
    discard: Literal["new", "old"] = "new"

    def config(self) -> StreamConfig:
        """Return the settings that `provision` gives the server."""
        return StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy(self.discard),
            max_age=self.max_age.total_seconds(),
            max_bytes=self.max_bytes,
            num_replicas=settings.STREAM_REPLICAS,
            duplicate_window=DUPLICATE_WINDOW.total_seconds(),
            # A server before 2.12 does not know it; the relay then publishes one by one.
            allow_atomic=True,
        )


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A durable pull consumer and its handlers.

    `handlers` maps an event's class to the function that is called with it, in one transaction
    with the inbox entry. With `all_subjects` the durable gets every subject of the stream: it skips
    an event that only others handle, and what no consumer handles becomes a dead letter. A handler
    that takes longer than `longest_seconds` (None: `HANDLER_SECONDS`) hangs: its process ends, and
    the attempt has failed.

    `batch_handlers` maps a class to the function that does the same for a list of its events, in
    one transaction for all (`batch_delivery.py`). It raises if it cannot do it for each of them.
    """

    durable: str
    stream: Stream
    handlers: Mapping[type[Event], Callable[[Any], None]]
    batch_handlers: Mapping[type[Event], Callable[[list[Any]], None]] = field(default_factory=dict)
    all_subjects: bool = False
    longest_seconds: float | None = None

    def config(self) -> ConsumerConfig:
        """Return the settings that `provision` gives the server."""
        subjects = None if self.all_subjects else sorted(event.subject for event in self.handlers)
        return durable_config(self.durable, filter_subjects=subjects)

    def skips(self, subject: str) -> bool:
        """Return whether it gets this subject only because it gets all, and others handle it."""
        return (
            self.all_subjects
            and not _handles(self, subject)
            and any(_handles(each, subject) for each in declared_consumers())
        )


def _handles(consumer: Consumer, subject: str) -> bool:
    return any(event.subject == subject for event in consumer.handlers)


def durable_config(durable: str, *, filter_subjects: list[str] | None = None) -> ConsumerConfig:
    """Return the settings of every durable. No `backoff`: it would silently replace `ack_wait`."""
    return ConsumerConfig(
        durable_name=durable,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT.total_seconds(),
        max_deliver=WITHOUT_END,
        max_ack_pending=MAX_ACK_PENDING,
        filter_subjects=filter_subjects,
    )


ADVISORIES = "ADVISORIES"
"""The stream of the server's advisories about messages that it no longer delivers."""
ADVISORY_DURABLE = "dead_letter_collector"


def advisories_about(streams: Iterable[Stream]) -> Stream:
    """Return the stream that stores these advisories, each of which is sent once.

    An account may have streams of others too, which our collector has no right to read.
    """
    of_a_stream = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{}.*"
    return Stream(
        name=ADVISORIES,
        subjects=tuple(of_a_stream.format(each.name) for each in streams),
        max_bytes=16 * 1024**2,
        discard="old",
    )


def streams_of_events() -> list[Stream]:
    """Return the streams of `MESSAGING_STREAMS`."""
    return [import_string(path) for path in settings.MESSAGING_STREAMS]


def declared_streams() -> list[Stream]:
    """Return the streams of `MESSAGING_STREAMS`, and the one of advisories about them."""
    streams = streams_of_events()
    return [*streams, advisories_about(streams)]


def declared_consumers() -> list[Consumer]:
    """Return the durables of `MESSAGING_CONSUMERS`."""
    return [import_string(path) for path in settings.MESSAGING_CONSUMERS]


def consumers_of(streams: Iterable[Stream]) -> list[Consumer]:
    """Return the declared durables of these streams."""
    names = {each.name for each in streams}
    return [each for each in declared_consumers() if each.stream.name in names]
