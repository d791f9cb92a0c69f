"""An operator lowers the limit of the account below what its streams hold: events wait for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox.relay import relaying
from tests.messaging.support.brokers import provision, stored
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

LIMITED = """
no_auth_user: shop
accounts {{
  SHOP {{ jetstream: {{ max_file: {limit} }}, users: [ {{user: shop, password: shop}} ] }}
}}
"""
ENOUGH, TOO_LOW = LIMITED.format(limit="100MB"), LIMITED.format(limit="200")
POTS = [f"pot-{number}" for number in range(10)]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    server = NatsServer(folder=tmp_path, config=ENOUGH)
    server.start()
    settings.NATS_URL = server.url
    provision(server)
    yield server
    server.stop()


def all_is_sent() -> bool:
    return not OutboxMessage.objects.filter(sent_at=None).exists()


def test_events_over_the_accounts_limit_wait_until_it_is_raised(
    server: NatsServer,
) -> None:
    with running(relaying):
        record("first")
        eventually(all_is_sent)
        server.reload(TOO_LOW)
        eventually(lambda: "Reloaded" in (server.folder / "log").read_text())
        record(*POTS)
        exceeding = OutboxMessage.objects.filter(error__contains="resource limits exceeded")
        held = exceeding.filter(not_before__isnull=False)
        eventually(lambda: held.count() == len(POTS) or DeadLetter.objects.exists())
        assert not DeadLetter.objects.exists()
        server.reload(ENOUGH)
        eventually(all_is_sent)
    assert stored(server) == 1 + len(POTS)
    assert not DeadLetter.objects.exists()
