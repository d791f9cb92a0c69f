"""A parcel over HTTP: it is sent, and its label and its notice come by the processes' own loops."""

from typing import Any

import pytest
from django.test import Client

from apps.messaging.events.consumer import consuming
from apps.messaging.jobs.job_queue import provision
from apps.messaging.jobs.worker import working
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.outbox.relay import relaying
from apps.messaging.request_reply.responder import answering
from apps.parcels.events import PARCELS
from apps.parcels.handlers import CONSUMER
from apps.parcels.jobs import QUEUE, print_label
from apps.parcels.responders import SERVICE
from tests.messaging.support.brokers import forget, on_nats
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def post(client: Client, body: dict[str, Any]) -> Any:
    return client.post("/api/parcels", body, content_type="application/json")


def test_a_parcel_gets_its_label_and_its_notice(
    nats_server: NatsServer, sqs_server: MotoServer, client: Client
) -> None:
    forget(nats_server, PARCELS.name)
    on_nats(
        nats_server, lambda nc: provision_jetstream(nc, streams=[PARCELS], consumers=[CONSUMER])
    )
    provision(QUEUE)
    with (
        running(relaying, name="outbox_relay"),
        running(consuming(CONSUMER), name="tracking_consumer"),
        running(working(QUEUE, print_label), name="label_printer"),
        running(answering(SERVICE), name="parcel_responder"),
    ):
        sent = post(client, {"address": "1 Quay Lane"})
        assert sent.status_code == 201
        done = {"label": "To: 1 Quay Lane", "noticed": True}
        eventually(lambda: client.get(f"/api/parcels/{sent.json()['id']}").json() == done)


@pytest.mark.parametrize("address", ["", "1 Quay\0Lane", "x" * 501])
def test_an_address_that_cannot_be_stored_is_invalid(client: Client, address: str) -> None:
    assert post(client, {"address": address}).status_code == 422


def test_a_parcel_that_there_is_not_is_not_found(nats_server: NatsServer, client: Client) -> None:
    with running(answering(SERVICE), name="parcel_responder"):
        assert client.get("/api/parcels/7").status_code == 404


@pytest.mark.usefixtures("nats_server")
def test_without_a_responder_the_answer_says_that_it_will_pass(client: Client) -> None:
    assert client.get("/api/parcels/7").status_code == 503
