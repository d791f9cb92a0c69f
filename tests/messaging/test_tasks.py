"""The cleanup task of messaging, with a shop or without."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.messaging import tasks
from apps.messaging.models import InboxEntry, OutboxMessage

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=30)


def test_cleanup_prunes_only_old_rows() -> None:
    for consumer in ("old", "young"):
        InboxEntry.objects.create(consumer=consumer, message_id="1")
        OutboxMessage.objects.create(
            message_id=f"00000000-0000-0000-0000-{len(consumer):012}",
            transport="jetstream",
            destination="teas.brewed",
            key=consumer,
        )
    before_any_event = LONG_AGO - timedelta(hours=1)
    InboxEntry.objects.filter(consumer="old").update(handled_at=before_any_event)
    OutboxMessage.objects.filter(key="old").update(sent_at=LONG_AGO)
    OutboxMessage.objects.filter(key="young").update(recorded_at=LONG_AGO)  # It was never sent.
    tasks.clean_up()
    assert InboxEntry.objects.get().consumer == "young"
    assert OutboxMessage.objects.get().key == "young"
