"""`manage.py lost_orders`: orders in the stream that the database does not have."""

from collections.abc import Iterator
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from nats.aio.client import Client

from apps.messaging.message import new_envelope
from apps.messaging.operations.provisioning import provision_jetstream
from apps.orders.events import ORDERS, OrderPlaced
from tests.messaging.support.brokers import forget, on_nats
from tests.orders.factories import event_of, make_order, priced
from tests.support.nats_server import NatsServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stream(nats_server: NatsServer) -> Iterator[NatsServer]:
    on_nats(nats_server, lambda nc: provision_jetstream(nc, streams=[ORDERS], consumers=[]))
    yield nats_server
    forget(nats_server, ORDERS.name)


def lost_orders_output() -> str:
    output = StringIO()
    call_command("lost_orders", verbosity=0, stdout=output)
    return output.getvalue()


def store(server: NatsServer, *events: OrderPlaced) -> None:
    async def publish(nc: Client) -> None:
        for event in events:
            headers = new_envelope(event, key=str(event.id), traceparent="").to_headers()
            body = event.to_json().encode()
            await nc.jetstream().publish(event.subject, body, headers=headers)

    on_nats(server, publish)


def test_an_order_missing_in_the_database_is_listed_with_its_lines(
    stream: NatsServer,
) -> None:
    known = event_of(OrderPlaced, make_order(priced(price="8.50")))
    lost = known.model_copy(update={"id": uuid4()})
    store(stream, known, lost)
    output = lost_orders_output()
    assert str(known.id) not in output
    assert str(lost.id) in output
    assert "17.00 GBP" in output
    assert "2 x ABC" in output
    assert output.endswith("1 orders of the stream are not in the database\n")


def test_the_command_reports_that_no_order_is_lost(stream: NatsServer) -> None:
    store(stream, event_of(OrderPlaced, make_order()))
    assert lost_orders_output() == "0 orders of the stream are not in the database\n"


def test_the_command_reports_a_missing_stream(nats_server: NatsServer) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        lost_orders_output()
