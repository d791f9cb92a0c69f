"""`deploy/nats.conf` on a real nats-server: what each service needs works, all else is refused."""

import asyncio
import json
from collections.abc import Iterator
from functools import partial

import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from pytest_django.fixtures import Settings

from apps.messaging import background_loop, request_reply, status
from apps.messaging.connection import connected, idle
from apps.messaging.consumer import consuming
from apps.messaging.errors import RequestFailed
from apps.messaging.life import Life
from apps.messaging.provisioning import provision_jetstream
from apps.messaging.relay import Claimed, Sent
from apps.messaging.relay_lanes import publish_to_jetstream
from apps.messaging.responder import Service, answering
from apps.messaging.streams import declared_consumers, declared_streams
from apps.pricing.contract import GROUP, SUBJECT, PriceAnswer, PriceQuery
from apps.sales.handlers import CONSUMER as SALES
from tests.deploy.nats_users import USERS, Work, inbox_of, on_nats_as, shop_nats, url_of
from tests.messaging.events import make_headers
from tests.running import running
from tests.servers import NatsServer
from tests.waiting import eventually

DURABLES = {
    "fulfilment_consumer": "fulfilment",
    "notification_consumer": "notification",
    "sales_consumer": "sales",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The shop's server, provisioned by the user who may, with one event in its stream."""
    with shop_nats(tmp_path_factory.mktemp("nats")) as server:
        provision = partial(
            provision_jetstream, streams=declared_streams(), consumers=declared_consumers()
        )
        assert on_nats_as(server, "provision", provision) == (None, [])
        assert on_nats_as(server, "developer", publish("orders.placed")) == (None, [])
        yield server


@pytest.fixture
def be(server: NatsServer, settings: Settings) -> Iterator["Be"]:
    yield Be(server, settings)
    background_loop.close()


class Be:
    """Makes this process the named service, as its environment does in a container."""

    def __init__(self, server: NatsServer, settings: Settings) -> None:
        self._server = server
        self._settings = settings

    def __call__(self, user: str) -> None:
        background_loop.close()
        self._settings.NATS_URL = url_of(self._server, user)
        self._settings.NATS_INBOX_PREFIX = inbox_of(user)


def publish(subject: str, body: bytes = b"{}") -> Work[None]:
    return lambda nc: nc.publish(subject, body)


def subscribe(subject: str, queue: str = "") -> Work[None]:
    async def work(nc: Client) -> None:
        await nc.subscribe(subject, queue=queue)

    return work


def pull_and_settle(stream: str, durable: str) -> Work[None]:
    """What a consumer does; the acknowledgement is confirmed by the server."""

    async def work(nc: Client) -> None:
        jetstream = nc.jetstream()
        await jetstream.consumer_info(stream, durable)
        subscription = await jetstream.pull_subscribe_bind(durable=durable, stream=stream)
        (message,) = await subscription.fetch(1, timeout=2)
        await message.in_progress()
        await message.nak()
        (message,) = await subscription.fetch(1, timeout=2)
        await message.ack_sync()

    return work


async def relay_one(nc: Client) -> bool:
    row = Claimed(
        id=1,
        message_id=make_headers()["ce-id"],  # type: ignore[arg-type]
        destination="orders.placed",
        key="",
        headers="{}",
        body="{}",
    )
    outcomes = await publish_to_jetstream(nc, nc.jetstream(), [row])
    return isinstance(outcomes[1], Sent)


async def read_an_undeliverable_message(nc: Client) -> None:
    await nc.jetstream().get_msg("ORDERS", 1)


async def read_advisories(nc: Client) -> None:
    jetstream = nc.jetstream()
    await jetstream.consumer_info("ADVISORIES", "dead_letter_collector")
    pull = await jetstream.pull_subscribe_bind("dead_letter_collector", "ADVISORIES")
    with pytest.raises(nats.errors.TimeoutError):
        await pull.fetch(1, timeout=0.2)


async def look_at_streams(nc: Client) -> None:
    await nc.jetstream().account_info()
    assert await nc.jetstream().streams_info()
    assert await nc.jetstream().consumers_info("ORDERS")


async def have_a_durable_of_my_own(nc: Client) -> None:
    subscription = await nc.jetstream().pull_subscribe("", durable="workers", stream="ORDERS")
    (message,) = await subscription.fetch(1, timeout=2)
    await message.ack_sync()
    await nc.jetstream().delete_consumer("ORDERS", "workers")


PRICING = Service(
    name="pricing",
    description="What a product costs",
    subject=SUBJECT,
    group=GROUP,
    handle=lambda _: PriceAnswer(sku="ABC", price="9.99", currency="GBP"),  # type: ignore[arg-type]
)

NEEDS: list[tuple[str, Work[object]]] = [
    ("web", publish("jobs.resize")),
    ("web", publish("catalog.price_changed")),
    ("web", publish("outbox.nudge.nats")),
    ("outbox_relay", subscribe("outbox.nudge.*")),
    ("fulfilment_consumer", publish("outbox.nudge.nats")),
    ("price_responder", subscribe("catalog.price_changed")),
    ("preview_resizer", subscribe("jobs.resize", "resizers")),
    ("order_listener", subscribe("orders.>")),
    ("dead_letter_collector", read_advisories),
    ("dead_letter_collector", read_an_undeliverable_message),
    ("celery", publish("outbox.nudge.sqs")),
    ("developer", subscribe("orders.>")),
    ("developer", publish("orders.placed")),
    ("developer", subscribe("jobs.resize", "resizers")),
    ("developer", publish("catalog.price_changed")),
    ("developer", look_at_streams),
    ("developer", read_an_undeliverable_message),
    ("developer", have_a_durable_of_my_own),
]

MUST_NOT: list[tuple[str, Work[object]]] = [
    # Events leave by the relay alone, and only events.
    ("web", publish("orders.placed")),
    ("web", subscribe("orders.>")),
    ("web", subscribe("price.lookup")),
    ("outbox_relay", publish("price.lookup")),
    ("outbox_relay", publish("jobs.resize")),
    ("outbox_relay", subscribe("price.lookup")),
    ("outbox_relay", publish("$JS.API.STREAM.INFO.ORDERS")),
    ("preview_resizer", publish("orders.placed")),
    ("preview_resizer", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.fulfilment")),
    # Without its group each member would get every job, and every price be answered twice.
    ("preview_resizer", subscribe("jobs.resize")),
    ("price_responder", subscribe("price.lookup")),
    ("price_responder", publish("catalog.price_changed")),
    ("price_responder", publish("orders.placed")),
    ("price_responder", publish("_INBOX_web.nobody.asked")),
    ("order_listener", publish("orders.placed")),
    ("order_listener", subscribe("jobs.resize")),
    # A consumer reads and settles its own durable; none makes or changes one.
    ("fulfilment_consumer", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.sales")),
    ("fulfilment_consumer", publish("$JS.ACK.ORDERS.sales.1.1.1.1.0")),
    ("fulfilment_consumer", publish("orders.confirmed")),
    ("notification_consumer", publish("$JS.API.CONSUMER.CREATE.ORDERS.notification")),
    ("notification_consumer", publish("outbox.nudge.nats")),
    ("sales_consumer", publish("$JS.API.CONSUMER.DELETE.ORDERS.sales")),
    ("sales_consumer", subscribe("orders.>")),
    ("dead_letter_collector", publish("$JS.API.STREAM.MSG.DELETE.ORDERS")),
    ("dead_letter_collector", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.fulfilment")),
    ("celery", publish("orders.placed")),
    ("celery", publish("$JS.API.STREAM.INFO.ORDERS")),
    ("provision", publish("orders.placed")),
    ("provision", publish("$JS.API.STREAM.DELETE.ORDERS")),
    ("provision", publish("$JS.API.STREAM.PURGE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.DELETE.ORDERS")),
    ("developer", publish("$JS.API.STREAM.UPDATE.ORDERS")),
    ("developer", publish("$JS.API.CONSUMER.CREATE.ORDERS.fulfilment")),
    ("developer", publish("$JS.API.CONSUMER.MSG.NEXT.ORDERS.fulfilment")),
    ("developer", publish("outbox.nudge.nats")),
    *((user, subscribe(">")) for user in USERS),
    *((user, subscribe("$JS.>")) for user in USERS),
    *((user, publish("$SYS.REQ.SERVER.PING")) for user in USERS),
]


@pytest.mark.parametrize(("user", "work"), NEEDS, ids=[user for user, _ in NEEDS])
def test_what_a_service_needs_works(server: NatsServer, user: str, work: Work[object]) -> None:
    assert on_nats_as(server, user, work) == (None, [])


@pytest.mark.parametrize(("user", "work"), MUST_NOT, ids=[user for user, _ in MUST_NOT])
def test_what_is_not_its_business_is_refused(
    server: NatsServer, user: str, work: Work[object]
) -> None:
    _, refused = on_nats_as(server, user, work)
    assert "permissions violation" in refused[0].lower()


@pytest.mark.parametrize("user", USERS)
def test_nobody_reads_anothers_inbox(server: NatsServer, user: str) -> None:
    async def read_them_all(nc: Client) -> None:
        for other in USERS:
            if other != user:
                await nc.subscribe(f"{inbox_of(other)}.>")

    _, refused = on_nats_as(server, user, read_them_all)
    assert len(refused) == len(USERS) - 1


@pytest.mark.parametrize("user", DURABLES)
def test_a_consumer_pulls_and_settles_what_is_its_own(server: NatsServer, user: str) -> None:
    for subject in ("orders.placed", "orders.confirmed"):
        on_nats_as(server, "developer", publish(subject))
    pull = pull_and_settle("ORDERS", DURABLES[user])
    assert on_nats_as(server, user, pull) == (None, [])


def test_the_relay_publishes_events(server: NatsServer) -> None:
    assert on_nats_as(server, "outbox_relay", relay_one) == (True, [])


@pytest.mark.django_db(transaction=True)
def test_a_consumers_own_loop_empties_its_durable(
    server: NatsServer, be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    async def unread(nc: Client) -> int:
        info = await nc.jetstream().consumer_info("ORDERS", "sales")
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    be("sales_consumer")
    with running(consuming(SALES)):
        eventually(lambda: on_nats_as(server, "developer", unread) == (0, []))
    assert "nats refused" not in caplog.messages


def test_web_gets_prices_from_the_responder(be: Be, caplog: pytest.LogCaptureFixture) -> None:
    be("price_responder")
    with running(answering(PRICING)):
        be("web")
        answer = request_reply.ask(SUBJECT, PriceQuery(sku="ABC"), PriceAnswer, timeout=1.0)
    assert (answer.sku, caplog.messages) == ("ABC", [])


def test_a_developer_gets_prices_and_finds_the_service(server: NatsServer, be: Be) -> None:
    async def ask(nc: Client) -> tuple[Msg, Msg]:
        price = await nc.request(SUBJECT, b'{"sku": "ABC"}', timeout=2)
        return price, await nc.request("$SRV.INFO.pricing", timeout=2)

    be("price_responder")
    with running(answering(PRICING)):
        (price, info), refused = on_nats_as(server, "developer", ask)
    assert json.loads(price.data)["price"] == 9.99
    assert (json.loads(info.data)["name"], refused) == ("pricing", [])


def test_a_developers_own_responder_may_answer(server: NatsServer) -> None:
    """`nats reply` at a terminal, and whoever asks gets its answer."""

    async def answer_and_ask(nc: Client) -> bytes:
        async def answer(msg: Msg) -> None:
            await nc.publish(msg.reply, b"mine")

        await nc.subscribe(SUBJECT, cb=answer)
        return (await nc.request(SUBJECT, timeout=2)).data

    assert on_nats_as(server, "developer", answer_and_ask) == (b"mine", [])


@pytest.mark.django_db
def test_the_status_page_sees_streams_and_durables(be: Be) -> None:
    be("web")
    seen = status.status()
    assert (len(seen["streams"]), len(seen["consumers"])) == (2, 3)


def test_no_user_and_a_wrong_password_are_turned_away(server: NatsServer) -> None:
    async def connect(url: str) -> None:
        await nats.connect(url, allow_reconnect=False, connect_timeout=1)

    for url in (server.url, url_of(server, "web").replace("secret", "guess")):
        with pytest.raises(nats.errors.Error, match="Authorization Violation"):
            asyncio.run(connect(url))


def test_a_refused_event_is_logged_where_it_happens_and_not_as_a_timeout_alone(
    be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    async def loop(life: Life) -> None:
        async with connected(life) as nc:
            life.ready()
            with pytest.raises(nats.errors.TimeoutError):
                await nc.jetstream().publish("orders.placed", b"{}", timeout=0.5)
            await idle(nc, life)

    be("web")
    with running(loop):
        refused = eventually(lambda: [r for r in caplog.records if r.message == "nats refused"])
    assert 'publish to "orders.placed"' in refused[0].error.lower()  # type: ignore[attr-defined]


def test_a_refused_question_is_logged_where_it_happens(
    be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    be("celery")
    with pytest.raises(RequestFailed):
        request_reply.ask(SUBJECT, PriceQuery(sku="ABC"), PriceAnswer, timeout=0.3)
    assert [each for each in caplog.records if each.message == "nats refused"]
