"""Dead letters for tests, buried as the consumers do it."""

import json
from datetime import UTC, datetime
from typing import Any

from apps.messaging.handling import dead_letters
from apps.messaging.models import DeadLetter
from tests.messaging.support.events import TeaBrewed, make_headers

WHY = {"reason", "attempts", "traceback"}
BREWED_AT = datetime(2026, 11, 24, tzinfo=UTC)


def bury(**changes: Any) -> DeadLetter:
    fields: dict[str, Any] = {
        "transport": DeadLetter.Transport.JETSTREAM,
        "consumer": "drinker",
        "message_id": "event-1",
        "destination": TeaBrewed.subject,
        "reason": "the kettle is cold",
        "body": json.dumps({"cups": 3}),
    } | changes
    fields.setdefault("headers", make_headers(id=fields["message_id"], time=BREWED_AT))
    why = {name: fields.pop(name) for name in WHY & fields.keys()}
    dead_letters.bury(dead_letters.GivenUp(**fields), **why)
    return DeadLetter.objects.get(consumer=fields["consumer"], message_id=fields["message_id"])
