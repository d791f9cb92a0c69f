"""Hops for tests, added to a feed as a process reports them."""

import json
import time
from typing import Any

from apps.lab.feed.feed import Feed

TRACE = "a" * 32


def hop(point: str, *, at: float | None = None, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "point": point,
        "at": time.time() if at is None else at,
        "worker": "web",
        "instance": "1",
        "pid": 4711,
        "destination": "",
        "consumer": "",
        "message_id": "m-1",
        "key": "",
        "trace": TRACE,
        "attempt": 1,
        "headers": {},
        "body": "",
        "attributes": {},
    }
    return made | fields


def add_hops(feed: Feed, *hops: dict[str, Any]) -> None:
    for each in hops:
        feed.add_hop(json.dumps(each).encode())
