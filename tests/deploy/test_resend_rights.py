"""The user `provision` of deploy/nats.conf makes a lost stream, and the events are sent again."""

from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_for_threads
from apps.messaging.models import OutboxMessage
from tests.deploy.conftest import Be
from tests.deploy.nats_users import shop_nats

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def resend(*arguments: str) -> str:
    output = StringIO()
    call_command("outbox", "resend", "--missing", *arguments, stdout=output, verbosity=0)
    return output.getvalue()


def test_the_user_provision_may_make_a_lost_stream_again(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    OutboxMessage.objects.create(
        message_id=uuid4(),
        transport="jetstream",
        destination="orders.placed",
        sent_at=timezone.now(),
        stream_sequence=1,
    )
    with shop_nats(tmp_path) as server:
        Be(server, settings)("provision")
        assert "no stream ORDERS: it is made now" in resend("--send")
        assert OutboxMessage.objects.filter(sent_at=None).count() == 1
        assert resend() == "no event is missing\n"
        nats_for_threads.close()
    assert "rejected by nats" not in caplog.messages
