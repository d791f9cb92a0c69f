"""`price.lookup`, asked by a foreign client of one or two responders on a real nats-server."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from pytest_django.fixtures import Settings

from apps.catalog.models import Product
from apps.catalog.services import add_product, change_price
from apps.messaging.request_reply.responder import answering
from apps.pricing.responders import pricing_service
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def responder(nats_server: NatsServer, connected: None) -> Iterator[None]:
    add_product(sku="ABC", name="Teapot", price=Decimal("9.99"), stock=1)
    with running(answering(pricing_service()), name="price_responder"):
        yield


@pytest.fixture
def second_responder(responder: None) -> Iterator[None]:
    with running(answering(pricing_service()), name="price_responder"):
        yield


def look_up(server: NatsServer, body: bytes) -> Msg:
    """Ask as a foreign client does: no headers, no envelope."""
    return on_nats(server, lambda nc: nc.request("price.lookup", body, timeout=60))


def prices_of_20_look_ups(server: NatsServer, sku: str) -> set[float]:
    """So many that each responder has its share."""

    async def ask(nc: Client) -> set[float]:
        body = json.dumps({"sku": sku}).encode()
        try:
            replies = [await nc.request("price.lookup", body, timeout=60) for _ in range(20)]
        except NoRespondersError:
            return set()
        return {json.loads(reply.data).get("price") for reply in replies if not reply.headers}

    return on_nats(server, ask)


def error_of(reply: Msg) -> tuple[str, str]:
    assert reply.headers
    return reply.headers["Nats-Service-Error-Code"], reply.headers["Nats-Service-Error"]


@pytest.mark.usefixtures("responder")
def test_a_foreign_client_gets_the_price(nats_server: NatsServer) -> None:
    reply = look_up(nats_server, b'{"sku": "ABC"}')
    assert json.loads(reply.data) == {"sku": "ABC", "price": 9.99, "currency": "GBP"}


@pytest.mark.usefixtures("responder")
def test_a_foreign_client_gets_several_prices(nats_server: NatsServer) -> None:
    body = b'{"skus": ["NOPE", "ABC", "ABC"]}'
    reply = on_nats(nats_server, lambda nc: nc.request("price.lookup.many", body, timeout=60))
    price = {"sku": "ABC", "price": 9.99, "currency": "GBP"}
    assert json.loads(reply.data) == {"prices": [price], "unknown": ["NOPE"]}


@pytest.mark.usefixtures("responder")
@pytest.mark.parametrize("skus", [[], [1], ["x" * 65], ["ABC"] * 101, "ABC"])
def test_an_unreadable_request_for_several_gets_a_named_error(
    nats_server: NatsServer, skus: object
) -> None:
    body = json.dumps({"skus": skus}).encode()
    reply = on_nats(nats_server, lambda nc: nc.request("price.lookup.many", body, timeout=60))
    code, description = error_of(reply)
    assert code == "400"
    assert description.startswith("unreadable request: not a PricesQuery: skus")


@pytest.mark.usefixtures("responder")
def test_an_unknown_sku_gets_a_named_error(nats_server: NatsServer) -> None:
    assert error_of(look_up(nats_server, b'{"sku": "NOPE"}')) == ("404", "unknown SKU 'NOPE'")


@pytest.mark.usefixtures("responder")
@pytest.mark.parametrize(
    "body", [b"", b"ABC", b'{"SKU": "ABC"}', b'{"sku": 1}', b'{"sku": "' + b"x" * 65 + b'"}']
)
def test_an_unreadable_request_gets_a_named_error(nats_server: NatsServer, body: bytes) -> None:
    code, description = error_of(look_up(nats_server, body))
    assert code == "400"
    assert description.startswith("unreadable request: not a PriceQuery: ")


@pytest.mark.usefixtures("responder", "second_responder")
def test_both_responders_answer_a_changed_price_within_a_second(nats_server: NatsServer) -> None:
    change_price(sku="ABC", price=Decimal("8.50"))
    eventually(lambda: prices_of_20_look_ups(nats_server, "ABC") == {8.5}, within=1)


@pytest.mark.usefixtures("responder")
def test_a_new_product_has_a_price_at_once(nats_server: NatsServer) -> None:
    add_product(sku="NEW", name="Cup", price=Decimal("2.00"))
    eventually(lambda: prices_of_20_look_ups(nats_server, "NEW") == {2.0}, within=1)


def test_a_change_with_a_lost_broadcast_is_known_after_the_refresh(
    nats_server: NatsServer, settings: Settings
) -> None:
    settings.PRICE_REFRESH_SECONDS = 0.2
    add_product(sku="ABC", name="Teapot", price=Decimal("9.99"))
    with running(answering(pricing_service())):
        Product.objects.update(price=Decimal("7.00"))
        eventually(lambda: prices_of_20_look_ups(nats_server, "ABC") == {7.0}, within=2)


@pytest.mark.usefixtures("responder")
def test_a_change_during_an_outage_is_known_after_the_reconnect(
    nats_server: NatsServer,
) -> None:
    nats_server.kill()
    Product.objects.update(price=Decimal("6.00"))
    nats_server.start()
    eventually(lambda: prices_of_20_look_ups(nats_server, "ABC") == {6.0}, within=5)


@pytest.mark.usefixtures("responder")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"sku": "ABC", "price": "free"}',
        b'{"sku": "ABC", "price": 0, "currency": "GBP", "version": 9}',
        b'{"sku": "ABC", "price": -5, "currency": "GBP", "version": 9}',
    ],
)
def test_an_unreadable_broadcast_changes_nothing(nats_server: NatsServer, body: bytes) -> None:
    on_nats(nats_server, lambda nc: nc.publish("catalog.price_changed", body))
    change_price(sku="ABC", price=Decimal("5.00"))
    eventually(lambda: prices_of_20_look_ups(nats_server, "ABC") == {5.0}, within=1)


@pytest.mark.usefixtures("responder", "second_responder")
def test_both_responders_are_discoverable_as_the_pricing_service(nats_server: NatsServer) -> None:
    async def who_is_there(nc: Client) -> list[str]:
        answers = await nc.subscribe(inbox := nc.new_inbox())
        await nc.publish("$SRV.INFO", reply=inbox)
        found = [await answers.next_msg(timeout=60) for _ in range(2)]
        return [json.loads(each.data)["name"] for each in found]

    assert on_nats(nats_server, who_is_there) == ["pricing", "pricing"]
