"""The fixture `deliver`: events reach their consumers as from a stream, through the inbox.

Each event is written as it travels and read again, handled in the transaction of its inbox entry,
and judged: by the same functions that a worker calls.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import Literal

from apps.messaging.events.batch_delivery import deliver_batch, size_of_batch
from apps.messaging.events.delivery import Delivery
from apps.messaging.events.delivery import deliver as deliver_one
from apps.messaging.events.streams import Consumer, declared_consumers
from apps.messaging.message import Envelope, Event, new_envelope
from apps.messaging.testing.errors import KitError, NotHandled
from apps.messaging.testing.outcome import committing, dying_at, require_handled


class Deliver:
    """Delivers events to one consumer, or to all that handle them."""

    def __init__(self) -> None:
        self._sequence = count(1)

    def __call__(
        self,
        *events: Event,
        to: Consumer | None = None,
        key: str = "",
        times: int = 1,
        crash_before: Literal["commit", "ack"] | None = None,
    ) -> None:
        """Deliver the events in this order; several are a batch where the consumer takes batches.

        They go to the consumers of `MESSAGING_CONSUMERS` that handle them, or only to `to`. With
        `times=2` the stream has each of them twice, under one id. With `crash_before` the worker
        dies at that step of the first delivery, and the event is delivered to it again.

        Raises `WillRetry` or `DeadLettered` if an event is not handled, and `KitError` if there is
        no event, or no consumer for one.
        """
        if not events:
            raise KitError(
                "there is no event to deliver: the test names none, or the code under test, as in "
                "deliver(*published(OrderPlaced)), has recorded none"
            )
        sent = [(event, new_envelope(event, key=key, traceparent="")) for event in events]
        for consumer in [to] if to else declared_consumers_of(events):
            _require_handler(consumer, events)
            for _ in range(times):
                arrived = [self._stored(event, envelope, consumer) for event, envelope in sent]
                if crash_before:
                    _crash(consumer, arrived, before=crash_before)
                    arrived = [replace(each, attempt=2) for each in arrived]
                _handle(consumer, arrived)

    def _stored(self, event: Event, envelope: Envelope, consumer: Consumer) -> Delivery:
        """Return the first delivery of an event that the stream has now."""
        return Delivery(
            consumer=consumer.durable,
            subject=event.subject,
            headers=envelope.to_headers(),
            body=event.to_json().encode(),
            stream=consumer.stream.name,
            sequence=next(self._sequence),
            attempt=1,
        )


def declared_consumers_of(events: Sequence[Event]) -> list[Consumer]:
    """Return the declared consumers of all these events. Raises `KitError` if there is none."""
    found = [
        consumer
        for consumer in declared_consumers()
        if all(handles(consumer, event) for event in events)
    ]
    if not found:
        names = " and ".join(sorted({type(event).__name__ for event in events}))
        raise KitError(
            f"no consumer of MESSAGING_CONSUMERS handles {names}: name one there that has it among "
            "its `handlers`, or pass one, as in deliver(event, to=CONSUMER)"
        )
    return found


def handles(consumer: Consumer, event: Event) -> bool:
    """Return whether the consumer has a handler for the event, or for a later version of it."""
    return any(type(event) in (each, *each.earlier) for each in consumer.handlers)


def _require_handler(consumer: Consumer, events: Sequence[Event]) -> None:
    for event in events:
        if not handles(consumer, event):
            raise KitError(
                f"the consumer {consumer.durable} does not handle {type(event).__name__}: add it "
                "to its `handlers`"
            )


def _crash(consumer: Consumer, arrived: Sequence[Delivery], *, before: str) -> None:
    """Handle each until the worker dies: the server then has no acknowledgement of it."""
    for each in arrived:
        with dying_at("consumer.handled") if before == "commit" else nullcontext(), committing():
            require_handled(deliver_one(consumer, each), each)


def _handle(consumer: Consumer, arrived: Sequence[Delivery]) -> None:
    """Handle them as a worker's loop does: a batch in one transaction, the rest one by one."""
    size = size_of_batch(consumer, arrived)
    together = arrived[:size] if size > 1 else []
    with committing():
        is_done = bool(together) and deliver_batch(consumer, together)
    for each in arrived[size:] if is_done else arrived:
        with committing():
            verdict = deliver_one(consumer, each)
        require_handled(verdict, each)
    if together and not is_done:
        raise NotHandled(
            f"{consumer.durable} handled each of these {size} events alone, and not the batch: its "
            "`batch_handlers` have failed, with the error in the log line `one by one instead`"
        )
