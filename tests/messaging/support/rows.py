"""A row of the outbox as the relay has claimed it."""

import uuid
from typing import Any

from apps.messaging.outbox.rows import Claimed


def make_claimed(**changes: Any) -> Claimed:
    fields: dict[str, Any] = {
        "id": 1,
        "message_id": uuid.uuid4(),
        "transport": "jetstream",
        "destination": "teas.brewed",
        "key": "",
        "headers": "{}",
        "body": "{}",
    }
    return Claimed(**(fields | changes))
