"""The event `parcels.sent`, stored by a real server, and what becomes of it."""

import json

import pytest
from nats.aio.client import Client

from apps.messaging.events.consumer import consuming
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage
from apps.messaging.operations.provisioning import provision_jetstream
from apps.parcels import services
from apps.parcels.events import PARCELS, ParcelSent
from apps.parcels.handlers import CONSUMER
from apps.parcels.models import Notice
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import make_headers
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(nats_server: NatsServer) -> NatsServer:
    forget(nats_server, PARCELS.name)
    on_nats(
        nats_server, lambda nc: provision_jetstream(nc, streams=[PARCELS], consumers=[CONSUMER])
    )
    return nats_server


def publish(server: NatsServer, body: str, headers: dict[str, str]) -> None:
    """Store it as a foreign client does: no `Nats-Msg-Id`, so that a repeat is stored too."""

    async def send(nc: Client) -> None:
        await nc.jetstream().publish("parcels.sent", body.encode(), headers=headers)

    on_nats(server, send)


def unsettled(server: NatsServer) -> int:
    async def ask(nc: Client) -> int:
        info = await nc.jetstream().consumer_info(PARCELS.name, CONSUMER.durable)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    return on_nats(server, ask)


def test_an_event_that_is_stored_twice_makes_one_notice(server: NatsServer) -> None:
    parcel = services.send_parcel(address="1 Quay Lane")
    row = OutboxMessage.objects.get(destination="parcels.sent")
    with running(consuming(CONSUMER)):
        for _ in range(2):
            publish(server, row.body, json.loads(row.headers))
        eventually(lambda: unsettled(server) == 0)
    assert Notice.objects.get().parcel_id == parcel.id
    assert InboxEntry.objects.count() == 1


def test_an_event_of_a_parcel_that_there_is_not_is_a_dead_letter(server: NatsServer) -> None:
    with running(consuming(CONSUMER)):
        publish(server, '{"id":7}', make_headers(type=ParcelSent.ce_type()))
        eventually(DeadLetter.objects.exists)
    assert "there is no parcel 7" in DeadLetter.objects.get().reason
