"""A durable of a person's own: take one event, answer it from any process, or let its time pass.

The subject to which an acknowledgement is sent comes with each delivery, and is all that it needs.
So the process that answers need not be the one that has taken the event.
"""

from dataclasses import dataclass
from datetime import timedelta

import nats.errors
from django.conf import settings
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_for_once import NatsUser, once
from apps.messaging.by_hand.durable_state import DurableState, durable_states
from apps.messaging.by_hand.nats_messages import AckKind
from apps.messaging.errors import BrokerAway
from apps.messaging.events.delivery import Delivery

FETCH_SECONDS = 1.0


class DurableGone(BrokerAway):
    """The server has no such durable any more."""


@dataclass(frozen=True, kw_only=True)
class TakenEvent:
    """A delivery, and the subject that answers it."""

    delivery: Delivery
    answer_to: str


@dataclass(frozen=True, kw_only=True)
class DurableByHand:
    """A durable on a stream; `user` may make it, read it and remove it. Each call can be repeated.

    `max_ack_pending` is how many events it delivers before one of them must be settled. The server
    removes it after `unused_for` without a pull, unless it waits for acknowledgements.
    """

    name: str
    stream: str
    user: NatsUser
    ack_wait: timedelta
    max_ack_pending: int
    unused_for: timedelta

    def make(self, *, subject: str, is_for_new_events: bool) -> None:
        """Make it for the subjects of this filter; replace one of its name. Raises `BrokerAway`."""
        policy = DeliverPolicy.NEW if is_for_new_events else DeliverPolicy.ALL
        config = ConsumerConfig(
            name=self.name,
            durable_name=self.name,
            deliver_policy=policy,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait.total_seconds(),
            max_ack_pending=self.max_ack_pending,
            inactive_threshold=self.unused_for.total_seconds(),
            # With `filter_subject` the request's own subject would contain it, and need a right.
            filter_subjects=[subject],
        )

        async def work(nc: Client) -> None:
            await self._remove(nc)
            await nc.jetstream(timeout=_seconds()).add_consumer(self.stream, config)

        once(self.user, work, seconds=4 * _seconds(), name=self.name)

    def remove(self) -> None:
        """Remove it, if it is there. Raises `BrokerAway`."""
        once(self.user, self._remove, seconds=3 * _seconds(), name=self.name)

    def take(self) -> TakenEvent | None:
        """Pull one event; None if none comes within a second. Raises `BrokerAway`."""

        async def work(nc: Client) -> TakenEvent | None:
            try:
                pull = await Pull.bind(
                    nc, stream=self.stream, consumer=self.name, batch=1, seconds=FETCH_SECONDS
                )
                # One that comes while we leave is ours too: it was delivered.
                messages = [*await pull.fetch(), *await pull.leave()]
            except NotFoundError as error:
                raise DurableGone from error
            taken = [
                TakenEvent(delivery=Delivery.of(each, consumer=self.name), answer_to=each.reply)
                for each in messages
            ]
            return taken[0] if taken else None

        seconds = FETCH_SECONDS + 4 * _seconds()
        return once(self.user, work, seconds=seconds, name=self.name)

    def answer(self, answer_to: str, kind: AckKind, *, delay: timedelta | None = None) -> None:
        """Answer a delivery, and wait until the server confirms it. Raises `BrokerAway`.

        `delay` is for `-NAK` alone: the server delivers the event again after it.
        """
        body = kind if delay is None else f'{kind} {{"delay": {_nanoseconds(delay)}}}'

        async def work(nc: Client) -> None:
            try:
                await nc.request(answer_to, body.encode(), timeout=_seconds())
            except nats.errors.NoRespondersError as error:
                raise DurableGone from error

        once(self.user, work, seconds=2 * _seconds(), name=self.name)

    def state(self) -> DurableState | None:
        """Return what the server knows; None if it has no such durable. Raises `BrokerAway`."""
        return durable_states(self.stream, [self.name])[self.name]

    async def _remove(self, nc: Client) -> None:
        try:
            await nc.jetstream(timeout=_seconds()).delete_consumer(self.stream, self.name)
        except NotFoundError:
            return


def _seconds() -> float:
    return settings.LONGEST_TIMES.nats_call


def _nanoseconds(time: timedelta) -> int:
    return round(time.total_seconds() * 1_000_000_000)
