"""A NATS cluster of three with `STREAM_REPLICAS=3`: it may lose one, even the stream's leader."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.events.consumer import consuming
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from tests.failures.cluster import cluster, leader_of, provision, until_it_leads_again, urls
from tests.failures.promises import until_all_is_sent
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PUBLISHING_WITHIN_SECONDS = 10.0


@pytest.fixture
def servers(tmp_path: Path, settings: Settings) -> Iterator[dict[str, NatsServer]]:
    settings.STREAM_REPLICAS = 3
    with cluster(tmp_path) as servers:
        settings.NATS_URL = urls(servers)
        yield servers


def record(*cups: int) -> None:
    for each in cups:
        with transaction.atomic():
            outbox.record(TeaBrewed(cups=each), key=f"pot-{each}")


def test_a_killed_stream_leader_loses_nothing(servers: dict[str, NatsServer]) -> None:
    drunk: Counter[int] = Counter()
    consumer = make_consumer(lambda event: drunk.update([event.cups]))
    provision(servers, TEAS, consumer)
    with running(relaying), running(consuming(consumer)):
        record(*range(50))
        until_all_is_sent()
        record(*range(50, 100))  # Some of them are on their way now.
        servers[leader_of(servers, TEAS)].kill()
        record(1000)
        sent = OutboxMessage.objects.filter(key="pot-1000").exclude(sent_at=None)
        eventually(sent.exists, within=PUBLISHING_WITHIN_SECONDS, what="it publishes again")
        until_all_is_sent()
        eventually(lambda: len(drunk) == 101, within=10, what="all have been handled")
    assert until_it_leads_again(servers, TEAS) == 101
    assert set(drunk.values()) == {1}
