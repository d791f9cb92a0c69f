"""The prices of a cart by one question, also where responders do not know it or answer wrongly."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER
from pytest_django.fixtures import Settings

from apps.catalog.services import add_product
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.errors import NoResponder, RequestTimeout
from apps.messaging.message import MAX_MESSAGE_BYTES
from apps.messaging.request_reply.responder import Service, answer_to, answering
from apps.messaging.worker.lifecycle import Worker
from apps.orders.lines import MAX_LINES
from apps.pricing.client import UnknownSku, look_up_prices
from apps.pricing.contract import (
    GROUP,
    MAX_SKUS,
    SUBJECT,
    SUBJECT_OF_MANY,
    PricesAnswer,
    PricesQuery,
)
from apps.pricing.responders import pricing_service
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import crowding, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

SKUS = [f"SKU-{number}" for number in range(20)]
RIGHT = {sku: Decimal(f"{number + 1}.50") for number, sku in enumerate(SKUS)}
ALL = (SUBJECT, SUBJECT_OF_MANY, "_INBOX.>")
THE_END = "test.end"

type OnRequest = Callable[[Client, Msg], Awaitable[None]]


@pytest.fixture(autouse=True)
def products(nats_server: NatsServer) -> None:
    for sku, price in RIGHT.items():
        add_product(sku=sku, name="Teapot", price=price)


@pytest.fixture
def unhurried(settings: Settings) -> None:
    """Let no answer be late, so that the number of requests is certain on a busy machine too."""
    settings.PRICE_LOOKUP_TIMEOUT = 60


def older_service() -> Service:
    """The responder as it was before it knew the question for many."""
    return replace(pricing_service(), also={})


def responder(
    on_request: OnRequest, *subjects: str, queue: str = GROUP
) -> Callable[[Worker], Awaitable[None]]:
    """A foreign responder that may do anything."""

    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            for subject in subjects:
                await nc.subscribe(subject, queue=queue, cb=partial(on_request, nc))
            await nc.flush()
            worker.ready()
            await idle(nc, worker)

    return loop


def saying(body: bytes, headers: dict[str, str] | None = None) -> OnRequest:
    async def say(nc: Client, msg: Msg) -> None:
        await nc.publish(msg.reply, body, headers=headers)

    return say


async def be_silent(nc: Client, msg: Msg) -> None:
    pass


@contextmanager
def messages(server: NatsServer, *subjects: str) -> Iterator[Callable[[], list[str]]]:
    """Yield a function that returns the subjects of all requests and answers so far.

    To the server this is a subscriber too: leave out a subject that shall have none.
    """
    seen: list[str] = []

    async def note(nc: Client, msg: Msg) -> None:
        seen.append("an answer" if msg.subject.startswith("_INBOX") else msg.subject)

    def so_far() -> list[str]:
        on_nats(server, lambda nc: nc.publish(THE_END))
        eventually(lambda: THE_END in seen)
        return [each for each in seen if each in (SUBJECT, SUBJECT_OF_MANY, "an answer")]

    with running(responder(note, *subjects, THE_END, queue="")):
        yield so_far


def prices_of(skus: list[str]) -> dict[str, Decimal]:
    return {sku: price.price for sku, price in look_up_prices(skus).items()}


@pytest.mark.usefixtures("unhurried")
def test_twenty_prices_are_one_request_and_one_answer(nats_server: NatsServer) -> None:
    with running(answering(pricing_service())), messages(nats_server, *ALL) as so_far:
        assert prices_of(SKUS) == RIGHT
        assert so_far() == [SUBJECT_OF_MANY, "an answer"]


@pytest.mark.usefixtures("unhurried")
def test_one_price_is_asked_by_the_single_question(nats_server: NatsServer) -> None:
    with running(answering(pricing_service())), messages(nats_server, *ALL) as so_far:
        assert prices_of(SKUS[:1]) == {SKUS[0]: RIGHT[SKUS[0]]}
        assert so_far() == [SUBJECT, "an answer"]


@pytest.mark.usefixtures("unhurried")
def test_an_unknown_sku_among_others_costs_no_further_request(nats_server: NatsServer) -> None:
    with running(answering(pricing_service())), messages(nats_server, *ALL) as so_far:
        with pytest.raises(UnknownSku) as caught:
            look_up_prices([SKUS[0], "NOPE", SKUS[1]])
        assert so_far() == [SUBJECT_OF_MANY, "an answer"]
    assert caught.value.sku == "NOPE"


@pytest.mark.usefixtures("unhurried")
def test_an_older_responder_is_asked_for_each_price_at_once(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with running(answering(older_service())), messages(nats_server, SUBJECT) as so_far:
        assert prices_of(SKUS) == RIGHT
        assert so_far() == [SUBJECT] * 20
    # It would say so after a timeout.
    assert "prices not answered together" not in caplog.messages


@pytest.mark.usefixtures("unhurried")
def test_an_older_and_a_newer_responder_work_side_by_side(nats_server: NatsServer) -> None:
    with (
        running(answering(older_service())),
        running(answering(pricing_service())),
        messages(nats_server, *ALL) as so_far,
    ):
        assert prices_of(SKUS) == RIGHT
        assert so_far() == [SUBJECT_OF_MANY, "an answer"]


def test_the_tutorials_responder_beside_ours_changes_no_price(nats_server: NatsServer) -> None:
    """It answers each question that it receives with one price, without a currency."""
    tutorials = saying(b'{ "sku": "SKU-0", "price": 1.50 }')
    with running(responder(tutorials, SUBJECT)), running(answering(older_service())):
        assert prices_of(SKUS) == RIGHT
    with running(responder(tutorials, SUBJECT)), running(answering(pricing_service())):
        assert prices_of(SKUS) == RIGHT


def answer_with(changed: list[dict[str, object]], **more: object) -> bytes:
    """All prices as they should be, but for the first; a foreign one is in no currency."""
    others = [{"sku": sku, "price": float(price)} for sku, price in list(RIGHT.items())[1:]]
    return json.dumps({"prices": changed + others, **more}).encode()


FIRST = {"sku": SKUS[0], "price": 1.50}
WRONG = {
    "missing": answer_with([]),
    "another SKU": answer_with([FIRST | {"sku": "ABC"}]),
    "twice": answer_with([FIRST, FIRST | {"price": 0.01}]),
    "priced and unknown": answer_with([FIRST | {"price": 0.01}], unknown=[SKUS[0]]),
    "unknown": answer_with([], unknown=[SKUS[0]]),
    "another currency": answer_with([FIRST | {"price": 0.01, "currency": "USD"}]),
}


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_one_answer_leaves_open_is_asked_for_alone(
    nats_server: NatsServer, body: bytes
) -> None:
    with (
        running(answering(older_service())),
        running(responder(saying(body), SUBJECT_OF_MANY)),
        messages(nats_server, *ALL) as so_far,
    ):
        assert prices_of(SKUS) == RIGHT
        assert sorted(so_far()) == ["an answer", "an answer", SUBJECT, SUBJECT_OF_MANY]


MALFORMED = {
    "nothing": b"",
    "nonsense": b"nonsense",
    "a stream's acknowledgement": b'{"stream": "PRICES", "seq": 1}',
    "the answer to the single question": b'{ "sku": "SKU-0", "price": 1.50 }',
    "a free price": answer_with([FIRST | {"price": 0}]),
}


@pytest.mark.parametrize("queue", [GROUP, ""], ids=["in the group", "outside of it"])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_answer_beside_right_ones_changes_no_price(queue: str, body: bytes) -> None:
    foreign = responder(saying(body), SUBJECT_OF_MANY, queue=queue)
    with running(foreign), running(answering(pricing_service())):
        assert [prices_of(SKUS) for _ in range(5)] == [RIGHT] * 5


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_only_malformed_answers_change_no_price(body: bytes) -> None:
    foreign = responder(saying(body), SUBJECT_OF_MANY)
    with running(foreign), running(answering(older_service())):
        assert prices_of(SKUS) == RIGHT


@pytest.mark.parametrize("code", ["400", "404", "413", "500"])
def test_an_error_answer_to_the_question_for_many_fails_no_look_up(code: str) -> None:
    refuse = saying(b"", {ERROR_CODE_HEADER: code, ERROR_HEADER: "no"})
    with running(responder(refuse, SUBJECT_OF_MANY)), running(answering(older_service())):
        assert prices_of(SKUS) == RIGHT


def test_without_a_responder_there_are_no_prices() -> None:
    with pytest.raises(NoResponder):
        look_up_prices(SKUS)


def test_after_a_silent_responder_each_price_is_asked_for_alone() -> None:
    with running(responder(be_silent, SUBJECT_OF_MANY)), running(answering(older_service())):
        assert prices_of(SKUS) == RIGHT


@pytest.mark.usefixtures("connected")
def test_the_question_for_many_is_the_first_of_two_attempts(
    nats_server: NatsServer, settings: Settings
) -> None:
    """A third attempt would leave a slow responder less time than it has for one price."""
    settings.PRICE_LOOKUP_TIMEOUT = 3.0 * crowding()
    with (
        running(responder(be_silent, SUBJECT_OF_MANY)),
        running(responder(be_silent, SUBJECT)),
        messages(nats_server, *ALL) as so_far,
    ):
        with pytest.raises(RequestTimeout):
            look_up_prices(SKUS[:2])
        eventually(lambda: len(so_far()) >= 3)
        assert so_far() == [SUBJECT_OF_MANY, SUBJECT, SUBJECT]


def test_the_largest_order_is_one_request_with_a_small_enough_answer() -> None:
    assert MAX_SKUS == MAX_LINES
    skus = [f"{number:02}".ljust(64, "\N{TEACUP WITHOUT HANDLE}") for number in range(MAX_SKUS)]
    body = PricesQuery(skus=skus).to_json().encode()
    assert len(body) < MAX_MESSAGE_BYTES
    prices = [{"sku": sku, "price": 999999999.99, "currency": "GBP"} for sku in skus]
    answer = PricesAnswer.model_validate({"prices": prices}).to_json().encode()
    assert len(answer) < MAX_MESSAGE_BYTES
    service = pricing_service()
    endpoint = replace(service, handle=service.also[SUBJECT_OF_MANY])
    unknown = PricesAnswer.read(answer_to(endpoint, MAX_MESSAGE_BYTES, body)).unknown
    assert unknown == tuple(skus)
