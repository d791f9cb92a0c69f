"""Hops for tests, told as processes tell them."""

import json
import time
from typing import Any

from apps.lab.feed.feed import Feed

TRACE = "a" * 32


def hop(point: str, *, at: float | None = None, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "point": point,
        "at": time.time() if at is None else at,
        "worker": "web",
        "instance": "1",
        "pid": 4711,
        "channel": "",
        "holder": "",
        "message_id": "m-1",
        "key": "",
        "trace": TRACE,
        "attempt": 1,
        "headers": {},
        "body": "",
        "facts": {},
    }
    return told | fields


def tell(feed: Feed, *hops: dict[str, Any]) -> None:
    for each in hops:
        feed.hear_hop(json.dumps(each).encode())
