"""One of several loops of a worker hangs: the process ends, although the others go on."""

from pathlib import Path

import pytest
from django.db import transaction

from apps.messaging import outbox
from apps.messaging.events.streams import ADVISORIES, advisories_about
from apps.messaging.handling.watchdog import EXIT_CODE
from apps.messaging.operations.provisioning import provision_jetstream
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import TEAS, WashCup
from tests.messaging.support.hanging_worker import hanging
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

QUICK = {"STANDSTILL_SECONDS": "5"}


@pytest.mark.one_database
def test_a_relay_with_one_hanging_transport_ends(nats_server: NatsServer, tmp_path: Path) -> None:
    with transaction.atomic():
        outbox.record(WashCup(cup=1), key="cup")
    with hanging("lane", nats_server, tmp_path, **QUICK) as worker:
        eventually(worker.ends, within=30, what=worker.said())
    assert worker.ends()[0] == EXIT_CODE
    assert "no step any more" in worker.said()


@pytest.mark.one_database
def test_a_collector_with_one_hanging_queue_ends(nats_server: NatsServer, tmp_path: Path) -> None:
    advisories = [advisories_about([TEAS])]
    on_nats(nats_server, lambda nc: provision_jetstream(nc, streams=advisories, consumers=[]))
    with hanging("queue", nats_server, tmp_path, **QUICK) as worker:
        eventually(worker.ends, within=30, what=worker.said())
    forget(nats_server, ADVISORIES)
    assert worker.ends()[0] == EXIT_CODE
    assert "no step any more" in worker.said()
