"""Workers and servers killed during sales: every order ends once, and the figures add up."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.acceptance.shop import Shop
from tests.acceptance.staff import Staff
from tests.acceptance.test_buying import last_pieces
from tests.demo.running import ROOT, RunningDemo
from tests.support.waiting import crowding, eventually
from tests.system.failing import kill, without_restarts
from tests.system.tables import count, rows

# Not who asks for mails: one that was due and not asked for is found after two minutes.
VICTIMS = ("outbox_relay", "fulfilment_consumer", "sales_consumer", "price_responder")


@contextmanager
def second_fulfilment_consumer(demo: RunningDemo, shop: Shop) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.fulfilment_consumer"],
        cwd=ROOT,
        env=demo.environment | {"DEMO": "true", "WORKER_INSTANCE": "second"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )

    def there_are_two() -> bool:
        workers = {each["name"]: each["instances"] for each in shop.status()["workers"]}
        return workers.get("fulfilment_consumer") == 2

    try:
        eventually(there_are_two, within=20)
        yield
    finally:
        process.terminate()
        assert process.wait(15 * crowding()) == 0


def test_two_consumers_never_oversell_the_last_pieces(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    with second_fulfilment_consumer(live_demo, shop):
        last_pieces(shop, staff)


@pytest.mark.one_database
def test_orders_are_confirmed_when_their_consumer_returns(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    sku = staff.put_on_sale(stock=5)
    with without_restarts(live_demo, shop):
        kill(live_demo.pids("workers.fulfilment_consumer")[0], signal.SIGTERM)
        order = shop.buy(sku)
        eventually(lambda: ("sent", "orders.placed") in shop.way(order))
        fulfilment = shop.status()["consumers"][0]
        assert (fulfilment["name"], fulfilment["pending"]) == ("fulfilment", 1)
        assert shop.look_at(order)["status"] == "placed"
        assert b'hx-trigger="every 1s"' in shop.get(f"/orders/{order}/state/").body
    assert shop.end_of(order, within=10)["status"] == "confirmed"
    assert shop.stock(sku) == 4


def test_an_order_cancelled_before_its_decision_reserves_nothing(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    sku = staff.put_on_sale(stock=5)
    with without_restarts(live_demo, shop):
        kill(live_demo.pids("workers.fulfilment_consumer")[0])
        order = shop.buy(sku)
        assert shop.cancel(order).json["status"] == "cancelled"
    eventually(lambda: ("handled", "fulfilment") in shop.way(order), within=10)
    shop.until_settled()
    assert shop.stock(sku) == 5
    assert shop.look_at(order)["status"] == "cancelled"


def test_workers_killed_among_sixty_orders_lose_and_double_none(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    sku = staff.put_on_sale(stock=50)
    before, sales = stored(shop), staff.sales()
    with ThreadPoolExecutor(4) as people:
        buying = [people.submit(shop.buy, sku) for _ in range(60)]
        for number, victim in enumerate(VICTIMS, 1):
            buying[10 * number].result()
            os.kill(live_demo.pids(f"workers.{victim}")[0], signal.SIGKILL)
        orders = [each.result() for each in buying]
    # Messages in flight at the kill are redelivered after the ack wait of ten seconds.
    shop.until_settled(within=40)
    assert Counter(shop.look_at(order)["status"] for order in orders) == {
        "confirmed": 50,
        "rejected": 10,
    }
    assert shop.stock(sku) == 0
    # Placed and ended, each stored once.
    assert stored(shop) == before + 120
    after = staff.sales()
    assert int(after["placed"]) == int(sales["placed"]) + 60
    assert int(after["confirmed"]) == int(sales["confirmed"]) + 50
    for order in orders:
        shop.wait_for_mail(order)
    mails = [path.read_text() for path in (live_demo.folder / "demo" / "mail").iterdir()]
    assert [sum(f"Message-ID: <{order}-" in mail for mail in mails) for order in orders] == [1] * 60


def stored(shop: Shop) -> int:
    """Return how many events the stream keeps."""
    (orders,) = (each for each in shop.status()["streams"] if each["name"] == "ORDERS")
    return int(orders["messages"])


@pytest.mark.one_database
def test_orders_fail_during_a_nats_outage_and_work_afterwards(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    sku = staff.put_on_sale(stock=5)
    restarts = {each["name"]: each["restarts"] for each in shop.status()["workers"]}
    placed = count(live_demo, "orders_order")
    with without_restarts(live_demo, shop):
        kill(live_demo.pids("nats-server")[0])
        answer = shop.order((sku, 1))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert "nats" in shop.get("/readyz/all").json["problems"]
    assert count(live_demo, "orders_order") == placed
    assert shop.end_of(shop.buy(sku), within=10)["status"] == "confirmed"
    # They have waited for it, and none was restarted.
    assert {each["name"]: each["restarts"] for each in shop.status()["workers"]} == restarts


@pytest.mark.one_database
def test_each_mail_is_one_file_with_a_fixed_id(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    order = shop.buy(staff.put_on_sale())
    shop.wait_for_mail(order)
    mails = [path.read_text() for path in (live_demo.folder / "demo" / "mail").iterdir()]
    (mail,) = (text for text in mails if f"Message-ID: <{order}-confirmed@" in text)
    assert "To: ada@example.com" in mail


@pytest.mark.one_database
def test_the_listener_prints_the_messages_it_gets(
    live_demo: RunningDemo, shop: Shop, staff: Staff
) -> None:
    order = shop.buy(staff.put_on_sale())
    ((message_id,),) = rows(
        live_demo,
        "SELECT message_id FROM messaging_outboxmessage WHERE key = %s AND destination = %s",
        order,
        "orders.placed",
    )
    words = str(message_id).replace("-", "")
    eventually(
        lambda: any(
            "order_listener" in line and words in line.replace("-", "")
            for line in live_demo.log.splitlines()
        )
    )
