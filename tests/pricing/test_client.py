"""Price look-ups of the checkout, with real responders."""

import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER
from pytest_django.fixtures import Settings

from apps.catalog.models import Product
from apps.catalog.services import add_product
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.errors import BrokerAway, NoResponder, RequestRefused, RequestTimeout
from apps.messaging.request_reply.responder import answering
from apps.messaging.testing.answering import Answers
from apps.messaging.worker.lifecycle import Worker
from apps.pricing.client import Price, UnknownSku, look_up_prices
from apps.pricing.contract import GROUP, SUBJECT
from apps.pricing.responders import pricing_service
from tests.support.nats_server import NatsServer
from tests.support.processes import worker_process
from tests.support.running import running
from tests.support.waiting import eventually

WRONG_ANSWERS_FOR = 3.0
"""Seconds that a look-up waits to their end, and in which a wrong answer comes at once."""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def products(nats_server: NatsServer, connected: None) -> None:
    add_product(sku="ABC", name="Teapot", price=Decimal("9.99"))
    add_product(sku="XYZ", name="Cup", price=Decimal("1234567.80"))


def price_if_known(sku: str) -> Decimal | None:
    try:
        return look_up_prices([sku])[sku].price
    except NoResponder:  # The responder does not know of it yet.
        return None


@pytest.fixture
def responder(products: None) -> Iterator[None]:
    with running(answering(pricing_service())):
        yield


@pytest.mark.usefixtures("responder")
def test_prices_are_exact_decimals() -> None:
    assert look_up_prices(["XYZ", "ABC"]) == {
        "XYZ": Price(price=Decimal("1234567.80"), currency="GBP"),
        "ABC": Price(price=Decimal("9.99"), currency="GBP"),
    }


@pytest.mark.usefixtures("responder")
def test_a_price_has_two_decimals() -> None:
    add_product(sku="TEA", name="Tea", price=Decimal("8.50"))
    assert str(eventually(lambda: price_if_known("TEA"))) == "8.50"


@pytest.mark.usefixtures("responder")
def test_an_unknown_sku_is_named() -> None:
    with pytest.raises(UnknownSku) as caught:
        look_up_prices(["ABC", "NOPE", "XYZ"])
    assert caught.value.sku == "NOPE"


@pytest.mark.usefixtures("responder")
def test_an_invalid_sku_is_rejected() -> None:
    with pytest.raises(RequestRefused) as caught:
        look_up_prices(["x" * 65])
    assert caught.value.code == 400


def foreign_responder(
    queue: str, price: str = "9.99", more: str = ""
) -> Callable[[Worker], Awaitable[None]]:
    """The tutorial's own, as typed: it answers every question with the price of ABC."""

    async def respond(msg: Msg) -> None:
        await msg.respond(f'{{ "sku": "ABC", "price": {price}{more} }}'.encode())

    return responding(respond, queue)


def responding(
    respond: Callable[[Msg], Awaitable[None]], queue: str
) -> Callable[[Worker], Awaitable[None]]:
    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            await nc.subscribe(SUBJECT, queue=queue, cb=respond)
            await nc.flush()
            worker.ready()
            await idle(nc, worker)

    return loop


@pytest.mark.parametrize("queue", [GROUP, ""], ids=["in the group", "outside of it"])
@pytest.mark.usefixtures("responder")
def test_a_price_of_another_sku_is_never_charged(queue: str) -> None:
    with running(foreign_responder(queue)):
        prices = {look_up_prices(["XYZ"])["XYZ"].price for _ in range(30)}
    assert prices == {Decimal("1234567.80")}


@pytest.mark.usefixtures("products")
def test_only_prices_of_another_sku_count_as_no_responder(settings: Settings) -> None:
    settings.PRICE_LOOKUP_TIMEOUT = WRONG_ANSWERS_FOR
    with running(foreign_responder(GROUP)), pytest.raises(NoResponder, match=r'"XYZ".*"ABC"'):
        look_up_prices(["XYZ"])


def refusing_responder(queue: str, code: str) -> Callable[[Worker], Awaitable[None]]:
    """A responder of another shop, which answers that our product is unknown."""

    async def refuse(msg: Msg) -> None:
        headers = {ERROR_HEADER: "no such product", ERROR_CODE_HEADER: code}
        await msg._client.publish(msg.reply, b'{"sku": "ABC"}', headers=headers)

    return responding(refuse, queue)


@pytest.mark.parametrize("code", ["404", "400"])
@pytest.mark.parametrize("queue", [GROUP, ""], ids=["in the group", "outside of it"])
@pytest.mark.usefixtures("responder")
def test_a_false_rejection_of_a_product_for_sale_is_ignored(queue: str, code: str) -> None:
    """A 422 of the checkout said of it that no such product is for sale."""
    with running(refusing_responder(queue, code)):
        prices = {look_up_prices(["ABC"])["ABC"].price for _ in range(30)}
    assert prices == {Decimal("9.99")}


@pytest.mark.usefixtures("products", "patient_caller")
def test_only_false_rejections_count_as_no_responder(settings: Settings) -> None:
    settings.PRICE_LOOKUP_TIMEOUT = WRONG_ANSWERS_FOR
    with running(refusing_responder(GROUP, "404")), pytest.raises(NoResponder, match="a refusal"):
        look_up_prices(["ABC"])


def test_a_product_without_a_price_is_named(answers: Answers) -> None:
    add_product(sku="ABC", name="Teapot", price=Decimal("9.99"))
    asked = answers(pricing_service())
    with pytest.raises(UnknownSku, match="NOPE"):
        look_up_prices(["ABC", "NOPE"])
    assert b"NOPE" in asked[0]


@pytest.mark.usefixtures("products")
def test_a_withdrawn_product_is_not_for_sale() -> None:
    Product.objects.filter(sku="ABC").update(is_active=False)
    with running(answering(pricing_service())), pytest.raises(UnknownSku):
        look_up_prices(["ABC"])


@pytest.mark.usefixtures("responder")
def test_a_price_that_a_responder_still_holds_sells_nothing_withdrawn() -> None:
    Product.objects.filter(sku="ABC").update(is_active=False)
    with pytest.raises(UnknownSku) as caught:
        look_up_prices(["XYZ", "ABC"])
    assert caught.value.sku == "ABC"


NO_PRICES = ["0", "-5", "0.001", "1e10", '"free"', "NaN", "null"]


@pytest.mark.parametrize("price", NO_PRICES)
@pytest.mark.usefixtures("responder")
def test_an_invalid_price_is_never_charged(price: str) -> None:
    """An order of 0.00 was one of it, and -5 ended in an error of the checkout."""
    with running(foreign_responder("", price)):
        assert look_up_prices(["ABC"])["ABC"].price == Decimal("9.99")


@pytest.mark.parametrize("price", NO_PRICES)
@pytest.mark.usefixtures("products", "patient_caller")
def test_only_invalid_prices_count_as_no_responder(settings: Settings, price: str) -> None:
    settings.PRICE_LOOKUP_TIMEOUT = WRONG_ANSWERS_FOR
    with running(foreign_responder(GROUP, price)), pytest.raises(NoResponder, match="price"):
        look_up_prices(["ABC"])


@pytest.mark.parametrize("shop", ["GBP", "SEK"])
@pytest.mark.usefixtures("products")
def test_a_price_without_a_currency_uses_the_products_currency(
    settings: Settings, shop: str
) -> None:
    settings.CURRENCY = shop
    Product.objects.update(currency="SEK")
    with running(foreign_responder(GROUP)):
        assert look_up_prices(["ABC"]) == {"ABC": Price(price=Decimal("9.99"), currency="SEK")}


@pytest.mark.usefixtures("products")
def test_an_unknown_products_price_uses_the_shops_currency(settings: Settings) -> None:
    settings.CURRENCY = "SEK"
    Product.objects.all().delete()
    with running(foreign_responder(GROUP, more=', "currency": "SEK"')):
        assert look_up_prices(["ABC"])["ABC"].currency == "SEK"


IN_DOLLARS = ', "currency": "USD"'


@pytest.mark.usefixtures("responder")
def test_a_price_in_another_currency_is_never_charged() -> None:
    """Once an order of a product in pounds was placed in a foreign responder's dollars."""
    with running(foreign_responder("", "8.50", IN_DOLLARS)):
        prices = [look_up_prices(["ABC"])["ABC"] for _ in range(30)]
    assert set(prices) == {Price(price=Decimal("9.99"), currency="GBP")}


@pytest.mark.usefixtures("products")
def test_only_prices_in_another_currency_count_as_no_responder(settings: Settings) -> None:
    settings.PRICE_LOOKUP_TIMEOUT = WRONG_ANSWERS_FOR
    settings.CURRENCY = "USD"  # The shop's own by now; the product is still sold in pounds.
    foreign = foreign_responder(GROUP, more=IN_DOLLARS)
    with running(foreign), pytest.raises(NoResponder, match="USD"):
        look_up_prices(["ABC"])


@pytest.mark.usefixtures("products")
def test_without_a_responder_there_is_no_price() -> None:
    with pytest.raises(NoResponder):
        look_up_prices(["ABC"])


@pytest.mark.usefixtures("responder")
def test_a_look_up_without_a_server_fails_in_time(
    nats_server: NatsServer, settings: Settings
) -> None:
    settings.PRICE_LOOKUP_TIMEOUT = WRONG_ANSWERS_FOR
    nats_server.kill()
    # Which of the two errors it is depends on timing; the customer sees the same message.
    with pytest.raises((BrokerAway, RequestTimeout)):
        look_up_prices(["ABC"])


@pytest.mark.usefixtures("products")
def test_a_killed_responder_fails_no_look_up(nats_server: NatsServer) -> None:
    with (
        worker_process("price_responder", nats_server, instance="1") as doomed,
        worker_process("price_responder", nats_server, instance="2"),
        ThreadPoolExecutor(4) as threads,
    ):
        asked = [threads.submit(look_up_prices, ["ABC", "XYZ"]) for _ in range(300)]
        eventually(asked[100].done)
        os.kill(doomed.pid, signal.SIGKILL)
        answers = [each.result() for each in asked]
    assert {len(answer) for answer in answers} == {2}
