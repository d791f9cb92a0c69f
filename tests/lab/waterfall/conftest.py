"""An order on its way: rows as the shop stores them, and hops as its processes report them."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.lab.feed.feed import Feed
from apps.lab.waterfall import records
from apps.messaging.models import InboxEntry, OutboxMessage
from tests.lab.made_hops import TRACE, add_hops, hop

START = 1_790_000_000.0
FULFILMENT = {"worker": "fulfilment_consumer", "pid": 7, "consumer": "fulfilment"}
NOTIFICATION = {"worker": "notification_consumer", "pid": 9, "consumer": "notification"}


class OrderOnItsWay:
    """Adds to the tables and to the feed what one order leaves there; times are in seconds."""

    def __init__(self, feed: Feed) -> None:
        self.id = uuid4()
        self.feed = feed

    def recorded(
        self,
        subject: str,
        *,
        at: float,
        sent: float | None = None,
        sequence: int = 1,
        **headers: str,
    ) -> UUID:
        row = OutboxMessage.objects.create(
            message_id=uuid4(),
            transport="jetstream",
            destination=subject,
            key=str(self.id),
            headers=json.dumps({"traceparent": f"00-{TRACE}-{'b' * 16}-01", **headers}),
            body="{}",
            recorded_at=time_at(at),
            sent_at=None if sent is None else time_at(sent),
            stream_sequence=None if sent is None else sequence,
        )
        return row.message_id

    def handled(self, consumer: str, message: UUID, *, at: float) -> None:
        InboxEntry.objects.create(
            consumer=consumer, message_id=str(message), key=str(self.id), handled_at=time_at(at)
        )

    def hop(self, point: str, *, at: float, message: UUID | str = "", **fields: Any) -> None:
        about = {"message_id": str(message), "key": str(self.id), **fields}
        add_hops(self.feed, hop(point, at=START + at, **about))


def time_at(at: float) -> datetime:
    return datetime.fromtimestamp(START + at, UTC)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(records, "FEED", feed)
    return feed


@pytest.fixture
def order(db: None, feed: Feed) -> OrderOnItsWay:
    return OrderOnItsWay(feed)
