"""The outbox relay's publishing to JetStream: acks in flight, and the outcome of each row."""

import asyncio
from collections.abc import Mapping

import nats.errors
from django.conf import settings
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import BadRequestError, NoStreamResponseError, TooManyStalledMsgsError

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import MessagingError
from apps.messaging.outbox.doubts import settle_doubts
from apps.messaging.outbox.rejections import is_messages_fault
from apps.messaging.outbox.rows import (
    LEASE_ENDED,
    Claimed,
    DestinationAway,
    Outcome,
    Postponed,
    Rejected,
    Sent,
    in_turns,
)

ACKS_IN_FLIGHT = 100
"""One by one gives a seventh of the rate; more than this gains nothing."""
ACK_DEADLINE = settings.LONGEST_TIMES.nats_call
AWAY = Postponed("NATS is away")
UNANSWERED = DestinationAway(
    f"no ack within {ACK_DEADLINE:.0f} s: the server is slow, or its disk was full,"
    " which lasts until nats-server is started again"
)


class _Stopped(Exception):
    """Nothing more of this batch can be published."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


OWN_FAULT = (
    MessagingError,
    nats.errors.BadHeaderError,
    nats.errors.BadSubjectError,
    nats.errors.MaxPayloadError,
    ValueError,
)
"""Errors of a single message, which say nothing of the connection."""


async def publish_to_jetstream(
    nc: PatchedClient, jetstream: JetStreamContext, rows: list[Claimed]
) -> dict[int, Outcome]:
    """Publish with `Nats-Msg-Id`, so that a repeat inside the duplicate window is stored once.

    An error counts for its row only; the state of the connection shows whether it is lost. A row
    has no outcome if the one before it in its key was not stored.
    """
    outcomes: dict[int, Outcome] = {}
    stopped_keys: set[str] = set()
    for turn in in_turns(rows):
        ready = [row for row in turn if row.key not in stopped_keys]
        found = await _publish_a_turn(nc, jetstream, ready)
        outcomes |= found
        if any(isinstance(each, Postponed) or each == UNANSWERED for each in found.values()):
            break
        stopped_keys |= {row.key for row in ready if not isinstance(found.get(row.id), Sent)}
    return outcomes


async def _publish_a_turn(
    nc: PatchedClient, jetstream: JetStreamContext, rows: list[Claimed]
) -> dict[int, Outcome]:
    """Publish rows of different keys, and return their outcomes when all acks are here or late."""
    outcomes: dict[int, Outcome] = {}
    acks: dict[asyncio.Future[PubAck], Claimed] = {}
    for row in rows:
        try:
            acks[await _begin_to_publish(nc, jetstream, row)] = row
        except _Stopped as stopped:
            outcomes[row.id] = stopped.outcome
            break
        except OWN_FAULT as error:
            outcomes[row.id] = Rejected(str(error) or type(error).__name__)
        except CONNECTION_LOST as error:
            outcomes[row.id] = DestinationAway(str(error) or type(error).__name__)
    # nats-py's futures have no deadline of their own and would hold their permits for ever.
    done, late = await asyncio.wait(acks, timeout=ACK_DEADLINE) if acks else (set(), set())
    for future in late:
        future.cancel()
    answered = {acks[future].id: _outcome(future, nc) for future in done}
    silent = {acks[future].destination for future in late}
    # Those that were behind it in the batch share the fate of their destination.
    behind = {row.id: UNANSWERED for row in rows if row.destination in silent}
    acked = {acks[future].id: future.result() for future in done if not future.exception()}
    outcomes = behind | outcomes | answered | await settle_doubts(nc, rows, acked)
    return outcomes if nc.is_connected else while_away(rows, outcomes)


async def _begin_to_publish(
    nc: PatchedClient, jetstream: JetStreamContext, row: Claimed
) -> asyncio.Future[PubAck]:
    if not nc.is_connected:
        raise _Stopped(AWAY)
    if row.lease.is_over:
        raise _Stopped(LEASE_ENDED)
    try:
        return await jetstream.publish_async(
            row.destination,
            row.body.encode(),
            headers=row.published_headers(),
            wait_stall=ACK_DEADLINE,
        )
    except TooManyStalledMsgsError as error:
        raise _Stopped(Postponed(str(error) or "too many acks are late")) from error


def while_away(rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return the outcome of rows without an ack: the connection is lost, so no try counts."""
    away: dict[int, Outcome] = {row.id: AWAY for row in rows}
    settled = {id: each for id, each in outcomes.items() if isinstance(each, Sent | Rejected)}
    return away | settled


def _outcome(future: asyncio.Future[PubAck], nc: PatchedClient) -> Outcome:
    match future.exception():
        case None:
            ack = future.result()
            return Sent(ack.seq, ack.stream)
        case BadRequestError() as error if is_messages_fault(error):
            return Rejected(str(error))
        case NoStreamResponseError() if nc.is_leaving:
            return Postponed("the NATS server is being stopped (lame duck mode): waiting for it")
        case NoStreamResponseError():
            return DestinationAway("no stream takes this subject: run manage.py provision")
        case error:
            return DestinationAway(str(error) or type(error).__name__)
