"""Responders that die, hang or miss a change: a look-up fails only without any responder."""

import os
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.nats_client import NatsClient
from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.acceptance.test_prices import price_of
from tests.demo.running import RunningDemo
from tests.support.waiting import eventually
from tests.system.failing import held, kill, without_restarts
from tests.system.tables import change, count

pytestmark = pytest.mark.one_database

RESPONDER = "workers.price_responder"


@pytest.fixture(scope="module")
def sku(staff: Staff) -> str:
    return staff.put_on_sale(stock=1000, price="5.00")


def test_a_killed_responder_fails_no_price_look_up(
    live_demo: RunningDemo, shop: Shop, sku: str
) -> None:
    victim, *_ = live_demo.pids(RESPONDER)
    with ThreadPoolExecutor(4) as people:
        buying = [people.submit(shop.order, (sku, 1)) for _ in range(60)]
        eventually(lambda: sum(each.done() for each in buying) > 15)
        os.kill(victim, signal.SIGKILL)
        answers = [each.result() for each in buying]
    assert [answer.status for answer in answers] == [201] * 60
    eventually(lambda: len(set(live_demo.pids(RESPONDER)) - {victim}) == 2)


def test_an_order_without_a_responder_is_503_and_stores_nothing(
    live_demo: RunningDemo, shop: Shop, sku: str
) -> None:
    shop.until_settled(within=30)
    key, before = str(uuid.uuid4()), rows_of_orders(live_demo)
    with without_restarts(live_demo, shop):
        for pid in live_demo.pids(RESPONDER):
            kill(pid)
        answer = shop.order((sku, 1), key=key)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["type"] == "urn:problem:no-responder"
        assert rows_of_orders(live_demo) == before
    assert shop.order((sku, 1), key=key).status == 201


def test_hanging_responders_cause_503_within_the_budget(
    live_demo: RunningDemo, shop: Shop, sku: str
) -> None:
    shop.until_settled(within=30)
    before = rows_of_orders(live_demo)
    with held(live_demo.pids(RESPONDER)):
        answer = shop.order((sku, 1))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert answer.json["type"] == "urn:problem:request-timeout"
    assert rows_of_orders(live_demo) == before
    assert shop.order((sku, 1)).status == 201


def test_a_price_without_a_broadcast_is_right_after_the_refresh(
    live_demo: RunningDemo, nats: NatsClient, sku: str
) -> None:
    change(
        live_demo,
        "UPDATE catalog_product SET price = %s, price_version = price_version + 1 WHERE sku = %s",
        "7.75",
        sku,
    )
    refresh = float(live_demo.environment["PRICE_REFRESH_SECONDS"])
    eventually(lambda: all(price_of(nats, sku) == 7.75 for _ in range(10)), within=refresh + 2)


def rows_of_orders(demo: RunningDemo) -> list[int]:
    tables = ("orders_order", "orders_orderline", "orders_idempotencykey")
    return [count(demo, table) for table in (*tables, "messaging_outboxmessage")]
