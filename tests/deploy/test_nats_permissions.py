"""`deploy/nats.conf` on a real nats-server: each service can do its work, and nothing else."""

import asyncio
import json
from uuid import uuid4

import nats.errors
import pytest
from django.utils import timezone
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging import request_reply
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.errors import RequestFailed
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import declared_consumers
from apps.messaging.models import OutboxMessage
from apps.messaging.operations import status
from apps.messaging.recovery import stream_losses
from apps.messaging.recovery.resend import SKEW
from apps.messaging.request_reply.responder import Service, answering
from apps.messaging.worker.lifecycle import Worker
from apps.orders.events import ORDERS
from apps.pricing.contract import (
    GROUP,
    SUBJECT,
    SUBJECT_OF_MANY,
    PriceAnswer,
    PriceQuery,
    PricesAnswer,
    PricesQuery,
)
from apps.sales.handlers import CONSUMER as SALES
from tests.deploy import developer_rights
from tests.deploy.conftest import Be
from tests.deploy.nats_rights import (
    DURABLES,
    MUST_NOT,
    NEEDS,
    publish,
    pull_and_settle,
    relay_one,
)
from tests.deploy.nats_users import USERS, Work, inbox_of, on_nats_as, url_of
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.one_database

PRICE = PriceAnswer(sku="ABC", price="9.99", currency="GBP")
PRICING = Service(
    name="pricing",
    description="What a product costs",
    subject=SUBJECT,
    group=GROUP,
    handle=lambda _: PRICE,
    also={SUBJECT_OF_MANY: lambda _: PricesAnswer(prices=[PRICE])},
)
NEEDS = [*NEEDS, *developer_rights.NEEDS]
MUST_NOT = [*MUST_NOT, *developer_rights.MUST_NOT]


@pytest.mark.parametrize(("user", "work"), NEEDS, ids=[user for user, _ in NEEDS])
def test_each_service_may_do_its_work(server: NatsServer, user: str, work: Work[object]) -> None:
    assert on_nats_as(server, user, work) == (None, [])


@pytest.mark.parametrize(("user", "work"), MUST_NOT, ids=[user for user, _ in MUST_NOT])
def test_each_service_may_do_nothing_else(
    server: NatsServer, user: str, work: Work[object]
) -> None:
    _, refused = on_nats_as(server, user, work)
    assert "permissions violation" in refused[0].lower()


@pytest.mark.parametrize("user", USERS)
def test_no_user_reads_the_inbox_of_another(server: NatsServer, user: str) -> None:
    async def read_them_all(nc: Client) -> None:
        for other in USERS:
            if other != user:
                await nc.subscribe(f"{inbox_of(other)}.>")

    _, refused = on_nats_as(server, user, read_them_all)
    assert len(refused) == len(USERS) - 1


@pytest.mark.parametrize("user", DURABLES)
def test_a_consumer_may_pull_and_settle_its_own_messages(server: NatsServer, user: str) -> None:
    (consumer,) = [each for each in declared_consumers() if each.durable == DURABLES[user]]
    for subject in {event.subject for event in consumer.handlers}:
        on_nats_as(server, "developer", publish(subject))
    pull = pull_and_settle("ORDERS", DURABLES[user])
    assert on_nats_as(server, user, pull) == (None, [])


def test_the_relay_may_publish_events(server: NatsServer) -> None:
    assert on_nats_as(server, "outbox_relay", relay_one) == (True, [])


@pytest.mark.django_db(transaction=True)
def test_a_consumer_with_its_own_user_handles_every_message(
    server: NatsServer, be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    async def unread(nc: Client) -> int:
        info = await nc.jetstream().consumer_info("ORDERS", "sales")
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    be("sales_consumer")
    with running(consuming(SALES)):
        eventually(lambda: on_nats_as(server, "developer", unread) == (0, []))
    assert "rejected by nats" not in caplog.messages


def test_web_may_ask_the_responder_for_prices(be: Be, caplog: pytest.LogCaptureFixture) -> None:
    be("price_responder")
    with running(answering(PRICING)):
        be("web")
        answer = request_reply.ask(SUBJECT, PriceQuery(sku="ABC"), PriceAnswer, timeout=60)
        many = PricesQuery(skus=["ABC"])
        answers = request_reply.ask(SUBJECT_OF_MANY, many, PricesAnswer, timeout=60)
    assert (answer, answers.prices, caplog.messages) == (PRICE, [PRICE], [])


def test_a_developer_may_ask_for_prices_and_discover_services(server: NatsServer, be: Be) -> None:
    async def ask(nc: Client) -> tuple[Msg, Msg]:
        price = await nc.request(SUBJECT, b'{"sku": "ABC"}', timeout=60)
        await nc.request(SUBJECT_OF_MANY, b'{"skus": ["ABC"]}', timeout=60)
        return price, await nc.request("$SRV.INFO.pricing", timeout=60)

    be("price_responder")
    with running(answering(PRICING)):
        (price, info), refused = on_nats_as(server, "developer", ask)
    assert json.loads(price.data)["price"] == 9.99
    assert (json.loads(info.data)["name"], refused) == ("pricing", [])


def test_a_developers_own_responder_may_answer(server: NatsServer) -> None:
    """`nats reply` at a terminal: every requester gets its answer."""

    async def answer_and_ask(nc: Client) -> bytes:
        async def answer(msg: Msg) -> None:
            await nc.publish(msg.reply, b"mine")

        await nc.subscribe(SUBJECT, cb=answer)
        return (await nc.request(SUBJECT, timeout=60)).data

    assert on_nats_as(server, "developer", answer_and_ask) == (b"mine", [])


@pytest.mark.django_db
def test_celery_may_compare_the_stream_with_the_outbox(
    server: NatsServer, be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    on_nats_as(server, "developer", publish("orders.placed"))
    OutboxMessage.objects.create(
        message_id=uuid4(),
        transport="jetstream",
        destination="orders.placed",
        sent_at=timezone.now() - SKEW,
        stream_sequence=1,
    )
    be("celery")
    assert stream_losses.check(ORDERS) == 1
    assert "nats refused" not in caplog.messages


@pytest.mark.django_db
def test_the_status_page_sees_streams_and_durables(be: Be) -> None:
    be("web")
    seen = status.status()
    assert (len(seen["streams"]), len(seen["consumers"])) == (2, len(DURABLES))


def test_a_missing_user_or_a_wrong_password_is_rejected(server: NatsServer) -> None:
    async def connect(url: str) -> None:
        await nats.connect(url, allow_reconnect=False, connect_timeout=10)

    for url in (server.url, url_of(server, "web").replace("secret", "guess")):
        with pytest.raises(nats.errors.Error, match="Authorization Violation"):
            asyncio.run(connect(url))


def test_a_forbidden_event_is_logged_as_such_by_its_publisher(
    be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            worker.ready()
            with pytest.raises(nats.errors.TimeoutError):
                await nc.jetstream().publish("orders.placed", b"{}", timeout=0.5)
            await idle(nc, worker)

    be("web")
    with running(loop):
        refused = eventually(lambda: [r for r in caplog.records if r.message == "rejected by nats"])
    assert 'publish to "orders.placed"' in refused[0].error.lower()  # type: ignore[attr-defined]


def test_a_forbidden_request_is_logged_by_its_sender(
    be: Be, caplog: pytest.LogCaptureFixture
) -> None:
    be("celery")
    with pytest.raises(RequestFailed):
        request_reply.ask(SUBJECT, PriceQuery(sku="ABC"), PriceAnswer, timeout=3)
    eventually(lambda: "rejected by nats" in caplog.messages)
