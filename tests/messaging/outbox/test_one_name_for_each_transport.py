"""`nats` once named JetStream in the outbox and groups in dead letters: both are still read."""

import uuid
from typing import Any

import pytest

from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.operations.status import outbox as outbox_state
from apps.messaging.outbox.claims import claim
from tests.support.migrated import migrated_back

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = "0005_dead_letter_identity"


def keys_of_transports() -> dict[str, str]:
    return dict(OutboxMessage.objects.order_by("id").values_list("key", "transport"))


def test_the_migration_renames_transports_and_can_be_reversed() -> None:
    with migrated_back("messaging", BEFORE) as apps:
        for key, lane in {"tea": "nats", "cup": "sqs"}.items():
            row = {"message_id": uuid.uuid4(), "lane": lane, "key": key}
            apps.get_model("messaging", "OutboxMessage").objects.create(**row)
        for name in ("nats", "jetstream"):
            apps.get_model("messaging", "DeadLetter").objects.create(
                transport=name, consumer="c", message_id=name, destination="d", reason="cold"
            )
    assert keys_of_transports() == {"tea": "jetstream", "cup": "sqs"}
    letters = DeadLetter.objects.values_list("message_id", "transport")
    assert dict(letters) == {"nats": "queue_group", "jetstream": "jetstream"}
    with migrated_back("messaging", BEFORE) as apps:
        rows: Any = apps.get_model("messaging", "OutboxMessage").objects
        assert dict(rows.values_list("key", "lane")) == {"tea": "nats", "cup": "sqs"}
    assert keys_of_transports() == {"tea": "jetstream", "cup": "sqs"}


def test_a_row_of_the_previous_version_is_sent_in_order() -> None:
    for key, transport in (("pot", "nats"), ("pot", "jetstream"), ("kettle", "jetstream")):
        OutboxMessage.objects.create(message_id=uuid.uuid4(), key=key, transport=transport)
    older, *_ = OutboxMessage.objects.order_by("id")
    assert claim("jetstream") == ("", [])
    assert outbox_state()["unsent"] == 3
    _, rows = claim("jetstream")
    assert [row.key for row in rows] == ["pot", "pot", "kettle"]
    assert rows[0].id == older.id


def test_a_single_row_of_the_previous_version_is_found() -> None:
    OutboxMessage.objects.create(message_id=uuid.uuid4(), key="pot", transport="nats")
    assert claim("jetstream") == ("", [])
    assert len(claim("jetstream")[1]) == 1
