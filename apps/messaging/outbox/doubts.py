"""Checks acks with `duplicate`: a stream may remember the id of a message that it has lost.

It remembers ids for ten minutes, also of deleted messages: after a purge it acknowledges each
repeat as a duplicate, and stores nothing.
"""

import asyncio
import logging
from collections.abc import Mapping

from django.conf import settings
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import BadRequestError, NotFoundError

from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.errors import MessagingError
from apps.messaging.message import MESSAGE_ID
from apps.messaging.outbox.rejections import is_messages_fault
from apps.messaging.outbox.rows import (
    LEASE_ENDED,
    Claimed,
    DestinationAway,
    Outcome,
    Rejected,
    Sent,
)

LONGEST_QUESTION = 2.0
"""Seconds, or `NATS_CALL_SECONDS` if that is less: a row has several questions in its lease."""
ATTEMPTS = 3
_AFTER = ":after:"

logger = logging.getLogger(__name__)


def row_id(message_id: str) -> str:
    """Return the outbox row's id that a message in the stream was published for."""
    return message_id.partition(_AFTER)[0]


async def settle_doubts(
    nc: Client, rows: list[Claimed], acks: Mapping[int, PubAck]
) -> dict[int, Outcome]:
    """Return the outcome of each row whose ack says `duplicate`, with its checked sequence."""
    doubted = [row for row in rows if row.id in acks and acks[row.id].duplicate]
    if not doubted:
        return {}
    jetstream = nc.jetstream(timeout=min(LONGEST_QUESTION, settings.LONGEST_TIMES.nats_call))
    places = await asyncio.gather(*(_place_of(jetstream, row, acks[row.id]) for row in doubted))
    return {row.id: place for row, place in zip(doubted, places, strict=True)}


async def _place_of(jetstream: JetStreamContext, row: Claimed, ack: PubAck) -> Outcome:
    """Publish again with a new id if the stream does not have the row's message any more."""
    known_as = str(row.message_id)
    try:
        for _ in range(ATTEMPTS):
            if not ack.duplicate or await _is_there(jetstream, ack, known_as):
                return Sent(ack.seq, ack.stream)
            logger.warning(
                "stream has lost it", extra={"message_id": known_as, "sequence": ack.seq}
            )
            # The id contains the sequence, so that two relays in this state store it once.
            known_as = f"{row.message_id}{_AFTER}{ack.seq}"
            if row.lease.is_over:
                return LEASE_ENDED
            headers = row.named_headers() | {MESSAGE_ID: known_as}
            ack = await jetstream.publish(row.destination, row.body.encode(), headers=headers)
    except (MessagingError, BadRequestError) as error:
        # The id is longer now, or the limits of the stream or the server are lower now.
        if is_messages_fault(error):
            return Rejected(str(error))
        return DestinationAway(str(error))
    except NOT_SERVED as error:
        return DestinationAway(
            f"called a duplicate, not found yet: {error or type(error).__name__}"
        )
    return DestinationAway("called a duplicate, and not in the stream")


async def _is_there(jetstream: JetStreamContext, ack: PubAck, known_as: str) -> bool:
    try:
        message = await jetstream.get_msg(ack.stream, ack.seq)
    except NotFoundError:
        return False
    return (message.headers or {}).get(MESSAGE_ID) == known_as
