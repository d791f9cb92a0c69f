"""A message of the order: its outbox row, and which hops and inbox entries are about it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from apps.lab.feed.feed import HopDict
from apps.lab.waterfall.records import Records, seconds, time_of, trace_of_row
from apps.messaging.events.streams import declared_consumers
from apps.messaging.message import REDRIVE_FOR
from apps.messaging.models import OutboxMessage


@dataclass(frozen=True, kw_only=True)
class RecordedMessage:
    """One outbox row among the records of its order."""

    row: OutboxMessage
    records: Records

    @cached_property
    def headers(self) -> dict[str, str]:
        headers: dict[str, str] = json.loads(self.row.headers)
        return headers

    @property
    def id(self) -> str:
        return str(self.row.message_id)

    @property
    def name(self) -> str:
        return self.row.destination

    @property
    def trace(self) -> str:
        return trace_of_row(self.row)

    @property
    def is_event(self) -> bool:
        return self.row.transport == OutboxMessage.Transport.JETSTREAM

    @property
    def read_as(self) -> str:
        """Return the id by which consumers know it: a redriven event has that of the first one."""
        return self.headers.get("ce-id", self.id)

    def relay_hop(self, point: str) -> HopDict | None:
        """Return the last hop of the relay at a hook: it may have tried several times."""
        return self.records.last(point, self.id)

    @property
    def on_its_way(self) -> float | None:
        """Return when the relay began to send it."""
        return time_of(self.relay_hop("relay.publishing"))

    @property
    def acknowledged(self) -> float | None:
        """Return when the relay had the broker's acknowledgement."""
        return time_of(self.relay_hop("relay.published")) or seconds(self.row.sent_at)

    def consumers(self) -> Sequence[str]:
        """Return who reads it: the declared durables of its subject, or its queue."""
        if not self.is_event:
            return [self.name]
        if only := self.headers.get(REDRIVE_FOR):
            return [only]
        return [
            each.durable
            for each in declared_consumers()
            if any(event.subject == self.name for event in each.handlers)
        ]

    def hops_of(self, consumer: str) -> list[HopDict]:
        """Return what one consumer reported about this delivery of it."""
        return [
            hop
            for hop in self.records.hops
            if hop["message_id"] == self.read_as
            and hop["consumer"] == consumer
            and hop["attributes"].get("sequence") in (None, self.row.stream_sequence)
        ]

    def handled_at(self, consumer: str) -> float | None:
        """Return when the consumer's inbox got it; after a redrive, that is about the last row."""
        rows = [
            RecordedMessage(row=row, records=self.records)
            for row in self.records.rows
            if row.destination == self.row.destination
        ]
        about = [
            each
            for each in rows
            if each.read_as == self.read_as and each.headers.get(REDRIVE_FOR, consumer) == consumer
        ]
        if about and about[-1].row.pk != self.row.pk:
            return None
        return next(
            (
                seconds(entry.handled_at)
                for entry in self.records.inbox
                if (entry.consumer, entry.message_id) == (consumer, self.read_as)
            ),
            None,
        )
