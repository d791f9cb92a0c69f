"""Publishing of many rows as one atomic batch of JetStream (nats-server 2.12, ADR-50).

The server stores all messages of a batch in their order, or none. So a batch may have many rows of
one key; the server syncs it to disk once, acknowledges it once, and costs us one future. With
`sync_interval: always` a batch of 500 is stored many times faster than one by one.

The price is that a batch is rejected as a whole, for instance if the stream knows the id of one
row. No row is blamed for that: all go one by one then, by `jetstream_publisher`.
"""

import re
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

import nats.errors
from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError

from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.brokers.nats_version import version_of
from apps.messaging.errors import MessageTooLarge, MessageUnreadable
from apps.messaging.outbox import jetstream_publisher
from apps.messaging.outbox.jetstream_publisher import (
    OWN_FAULT,
    UNANSWERED,
    publish_to_jetstream,
    while_away,
)
from apps.messaging.outbox.rows import LEASE_ENDED, Claimed, Outcome, Sent, in_turns

BATCH_ID, PLACE, COMMIT = "Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit"
SMALLEST = 2
"""A single row gains nothing."""
SINCE = (2, 12, 0)
"""An older server stores each message of a batch for itself: also those behind a rejected one,
which pass it."""
NOT_ENABLED = 10174
ASK_AGAIN_SECONDS = 60.0
"""For a stream without batches: until `provision` may have enabled them."""
_HEADER_LINES = re.compile(
    r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++: (?:\S(?:[^\r\n]*+(?<=\S))?+)?+\r\n)++"
)
"""Headers that nats-py sends exactly as they are."""


class AtomicPublisher:
    """Publishes claimed rows: a batch for each stream, and one by one what has no batch.

    The acks of single publishes tell which stream takes a subject, so the first rows after a start
    go one by one.
    """

    def __init__(self, nc: PatchedClient, jetstream: PatchedJetStream) -> None:
        self._nc = nc
        self._jetstream = jetstream
        self._streams: dict[str, str] = {}
        self._without_batches_until: dict[str, float] = {}

    async def publish(self, rows: list[Claimed]) -> dict[int, Outcome]:
        """Publish, and return row id → outcome. A row without an outcome was not tried."""
        batches = self._batches(rows)
        singles = batches.pop(None, [])
        outcomes: dict[int, Outcome] = {}
        for stream, batch in batches.items():
            found = await self._publish_batch(stream or "", batch)
            if found is None:
                singles += batch
            else:
                outcomes |= found
        if singles:
            outcomes |= await self._publish_singles(singles)
        return outcomes

    def _batches(self, rows: list[Claimed]) -> dict[str | None, list[Claimed]]:
        """Return the rows for each stream; under None those that go one by one.

        All rows of a key stand together, so that none passes an older one. A row that was held goes
        alone: it may fail again, and a batch with it.
        """
        stream_of_key: dict[str, str | None] = {}
        for row in rows:
            stream = self._streams.get(row.destination) if row.waited is None else None
            if stream_of_key.setdefault(row.key, stream) != stream:
                stream_of_key[row.key] = None
        batches: dict[str | None, list[Claimed]] = defaultdict(list)
        for row in rows:
            batches[stream_of_key[row.key]].append(row)
        for stream in [each for each in batches if each is not None]:
            if len(batches[stream]) < SMALLEST or not self._takes_batches(stream):
                batches[None] += batches.pop(stream)
        return batches

    def _takes_batches(self, stream: str) -> bool:
        now = time.monotonic()
        is_known_not_to = self._without_batches_until.get(stream, now) > now
        return version_of(self._nc) >= SINCE and not is_known_not_to

    async def _publish_singles(self, rows: list[Claimed]) -> dict[int, Outcome]:
        outcomes = await publish_to_jetstream(self._nc, self._jetstream, rows)
        for row in rows:
            match outcomes.get(row.id):
                case Sent(stream=str(stream)):
                    self._streams[row.destination] = stream
        return outcomes

    async def _publish_batch(self, stream: str, rows: list[Claimed]) -> dict[int, Outcome] | None:
        """Return the outcome of each row, or None if they shall go one by one.

        Without an ack it is not known whether the batch is stored. Then the first row of each key
        is held; its id tells when it is tried again.
        """
        if rows[0].lease.is_over:
            return {rows[0].id: LEASE_ENDED}
        try:
            ack = await self._ack_of(stream, rows)
        except nats.errors.TimeoutError:
            unknown: dict[int, Outcome] = {row.id: UNANSWERED for row in in_turns(rows)[0]}
            return unknown if self._nc.is_connected else while_away(rows, {})
        except CONNECTION_LOST:
            return while_away(rows, {})
        if ack is not None and ack.batch_size == len(rows):
            first = ack.seq - len(rows) + 1
            return {row.id: Sent(first + place, ack.stream) for place, row in enumerate(rows)}
        if ack is not None:
            # The stream is on an older server of the cluster; the ids tell where each message is.
            self._pause_batches(stream)
        return None if self._nc.is_connected else while_away(rows, {})

    async def _ack_of(self, stream: str, rows: list[Claimed]) -> PubAck | None:
        """Publish them; return None if the batch is rejected."""
        *others, last = rows
        batch_id = uuid.uuid4().hex
        try:
            commands = b"".join(_commands(others, batch_id, self._nc.max_payload))
            headers = last.published_headers() | {BATCH_ID: batch_id, PLACE: str(len(rows))}
            await self._nc.write(commands)
            return await self._jetstream.publish(
                last.destination,
                last.body.encode(),
                timeout=jetstream_publisher.ACK_DEADLINE,
                headers=headers | {COMMIT: "1"},
            )
        except APIError as error:
            if error.err_code == NOT_ENABLED:
                self._pause_batches(stream)
        except (*OWN_FAULT, NoStreamResponseError):
            pass
        return None

    def _pause_batches(self, stream: str) -> None:
        self._without_batches_until[stream] = time.monotonic() + ASK_AGAIN_SECONDS


def _commands(rows: Iterable[Claimed], batch_id: str, max_payload: int) -> Iterator[bytes]:
    """Yield the line, headers and body of each publish.

    nats-py's `publish` would check and encode each header for itself, which takes five times as
    long. Raises `MessagingError` or `ValueError` for a row that the server would not accept.
    """
    for place, row in enumerate(rows, start=1):
        headers = row.published_headers()
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if not _HEADER_LINES.fullmatch(lines):
            raise MessageUnreadable("a header of it needs care")
        lines += f"{BATCH_ID}: {batch_id}\r\n{PLACE}: {place}\r\n"
        head, body = f"NATS/1.0\r\n{lines}\r\n".encode(), row.body.encode()
        size = len(head) + len(body)
        if size > max_payload:
            raise MessageTooLarge(f"{size} bytes, {max_payload} is the limit")
        yield b"HPUB %b %d %d\r\n%b%b\r\n" % (row.destination.encode(), len(head), size, head, body)
