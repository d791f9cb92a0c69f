"""All that is stored about one order: its outbox and inbox rows, its mails, and its hops."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.lab.feed.feed import FEED, HopDict
from apps.lab.feed.hops import trace_of
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.messaging.recovery.redrive import key_of
from apps.notifications.queries import mails_of

WEB, RECORDED = "web", "outbox.recorded"


@dataclass(frozen=True, kw_only=True)
class Records:
    """What is stored about an order; the hops are in the order of their times."""

    rows: Sequence[OutboxMessage]
    inbox: Sequence[InboxEntry]
    mails: Sequence[Any]
    hops: Sequence[HopDict]

    def at(self, point: str, message_id: str, consumer: str = "") -> list[HopDict]:
        """Return the hops of a message at a hook, the oldest first."""
        return [
            hop
            for hop in self.hops
            if (hop["point"], hop["message_id"]) == (point, message_id)
            and consumer in ("", hop["consumer"])
        ]

    def last(self, point: str, message_id: str) -> HopDict | None:
        return next(reversed(self.at(point, message_id)), None)

    @property
    def seen(self) -> str:
        """Return what identifies these records; another value means that there is news."""
        sent = [row for row in self.rows if row.sent_at]
        mailed = [mail for mail in self.mails if mail.sent_at]
        parts = (self.hops, self.rows, sent, self.inbox, self.mails, mailed)
        return "-".join(str(len(part)) for part in parts)


def records_of(order_id: UUID) -> Records:
    """Read the tables and the feed; what was pruned, lost or forgotten is missing."""
    key = str(order_id)
    letters = DeadLetter.objects.filter(**{"headers__ce-subject": key}).values_list("pk", flat=True)
    keys = {key, *map(key_of, letters)}
    rows = list(OutboxMessage.objects.filter(key__in=keys).order_by("id"))
    traces = {trace_of_row(row) for row in rows}
    return Records(
        rows=rows,
        inbox=list(InboxEntry.objects.filter(key=key).order_by("handled_at")),
        mails=sorted(mails_of(order_id), key=lambda mail: mail.due_at),
        hops=_hops_of(keys, traces),
    )


def _hops_of(keys: set[str], traces: set[str]) -> list[HopDict]:
    """Return the order's hops, and those without a key of its traces.

    A question has no key: it belongs to the order that `web` records next in its trace, as a caller
    may place several orders in one trace. Requests that overlap are not distinguished.
    """
    found: list[HopDict] = []
    asked: dict[str, list[HopDict]] = defaultdict(list)
    for hop in sorted(FEED.after(0), key=lambda hop: hop["at"]):
        trace = hop["trace"] if hop["trace"] in traces else ""
        if trace and not hop["key"] and hop["point"].startswith("request."):
            asked[trace].append(hop)
            continue
        if trace and (hop["worker"], hop["point"]) == (WEB, RECORDED):
            questions = asked.pop(trace, [])
            found += questions if hop["key"] in keys else []
        if hop["key"] in keys or (trace and not hop["key"]):
            found.append(hop)
    return sorted(found, key=lambda hop: hop["at"])


def trace_of_row(row: OutboxMessage) -> str:
    return trace_of(json.loads(row.headers).get("traceparent", ""))


def seconds(at: datetime | None) -> float | None:
    """Return a stored time in Unix seconds."""
    return at.timestamp() if at else None


def time_of(hop: HopDict | None) -> float | None:
    """Return when a hop was reported; None if there is none."""
    return float(hop["at"]) if hop else None
