"""Rows of the outbox: recorded as the domain does it, and as the relay has claimed one."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.claims import LEASE
from apps.messaging.outbox.rows import Claimed
from tests.messaging.support.events import TeaBrewed


def record(*keys: str) -> list[OutboxMessage]:
    """Record a numbered cup for each key, in a transaction each; return all rows, oldest first."""
    for cups, key in enumerate(keys):
        with transaction.atomic():
            outbox.record(TeaBrewed(cups=cups), key=key)
    return list(OutboxMessage.objects.order_by("id"))


def let_leases_expire() -> None:
    """As after fifteen seconds: the leases of a killed relay have expired."""
    past = timezone.now() - LEASE - timedelta(seconds=1)
    OutboxMessage.objects.exclude(lease_until=None).update(lease_until=past)


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
