"""Reads a stream again, without an effect on the live durables.

It uses an ephemeral pull consumer without acks, which the server deletes soon.
"""

import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from django.conf import settings
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy
from nats.js.errors import NotFoundError

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.errors import BrokerAway

BATCH = 500
FORGOTTEN_AFTER_SECONDS = 60.0
"""The server forgets our position after this time without a request."""


class StreamMissing(BrokerAway):
    """There is no such stream: it was deleted, or never made."""


class StreamReading:
    """A position in a stream; `config` has its start, and which parts of a message are wanted."""

    def __init__(self, stream: str, config: ConsumerConfig) -> None:
        """Make an ephemeral consumer at the server. Raises `StreamMissing`, or `BrokerAway`."""
        self._stream, self._config = stream, config
        self._name = call(lambda nc: _begin(nc, stream, config))
        self._is_begun = False
        self._last_sequence = 0

    def pending(self) -> int:
        """Return how many messages the stream holds after those that were read.

        Raises `BrokerAway`.
        """
        return call(lambda nc: _pending(nc, self._stream, self._name))

    def batches(self) -> Iterator[list[Msg]]:
        """Yield the present messages of the stream; a further call yields newer ones.

        Raises `BrokerAway`; this reading cannot continue then.
        """
        if self._is_begun:
            self._begin_again()
        self._is_begun = True
        left = self.pending()
        if not left:
            return
        pull = call(lambda nc: _bind(nc, self._stream, self._name))
        try:
            while left > 0:
                messages = call(lambda _: pull.fetch())
                if not messages:  # though the stream holds more
                    raise BrokerAway("the stream cannot be read on: the server has lost our place")
                left = messages[-1].metadata.num_pending or 0
                yield self._noted(messages)
            if late := call(lambda _: pull.leave()):
                yield self._noted(late)
        finally:
            # A caller that stops earlier leaves too: nats-py's `drain` waits for other pulls.
            nats_for_threads.post(lambda _: pull.leave(), timeout=settings.LONGEST_TIMES.nats_call)

    def _noted(self, messages: list[Msg]) -> list[Msg]:
        self._last_sequence = messages[-1].metadata.sequence.stream
        return messages

    def _begin_again(self) -> None:
        """Make a new consumer for what follows; the server forgets the former one.

        For a new one the server (2.15.1) counts what is stored. The count of a former one can be
        some milliseconds behind: it may lack a message that is acknowledged already.
        """
        config = self._config
        if self._last_sequence:
            config = config.evolve(
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self._last_sequence + 1,
                opt_start_time=None,
            )
        self._name = call(lambda nc: _begin(nc, self._stream, config))


def call[T](work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    """Ask the server something about a stream, from Django's side. Raises `BrokerAway`.

    It may take twice `NATS_CALL_SECONDS`: to connect, and for the answer.
    """
    try:
        return nats_for_threads.call(work, timeout=2 * settings.LONGEST_TIMES.nats_call)
    except NOT_SERVED as error:
        raise BrokerAway(f"the stream cannot be read: {error or type(error).__name__}") from error


async def _begin(nc: Client, stream: str, config: ConsumerConfig) -> str:
    config = config.evolve(
        # The request's subject has this name, so that rights distinguish it from a durable's.
        name=f"replay-{uuid.uuid4().hex}",
        ack_policy=AckPolicy.NONE,
        inactive_threshold=FORGOTTEN_AFTER_SECONDS,
    )
    seconds = settings.LONGEST_TIMES.nats_call
    try:
        info: ConsumerInfo = await nc.jetstream(timeout=seconds).add_consumer(stream, config)
    except NotFoundError as error:
        raise StreamMissing(f"the stream cannot be read: {error}") from error
    return info.name


async def _pending(nc: Client, stream: str, name: str) -> int:
    jetstream = nc.jetstream(timeout=settings.LONGEST_TIMES.nats_call)
    info: ConsumerInfo = await jetstream.consumer_info(stream, name)
    return info.num_pending or 0


async def _bind(nc: Client, stream: str, name: str) -> Pull:
    seconds = settings.LONGEST_TIMES.nats_call
    return await Pull.bind(nc, stream=stream, consumer=name, batch=BATCH, seconds=seconds)
