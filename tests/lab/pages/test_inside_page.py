"""The page *Inside the brokers*, over HTTP and on real servers."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from apps.messaging.events.streams import declared_consumers
from apps.messaging.operations.provisioning import provision_jetstream
from apps.orders.events import ORDERS
from tests.lab.consumer.conftest import brokers, no_sweeper, placed
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer

__all__ = ["brokers", "no_sweeper", "placed"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {}
    monkeypatch.setattr("apps.lab.orders.snapshot.SNAPSHOT.current", lambda: state)
    return state


@pytest.fixture
def three_events(
    brokers: NatsServer, placed: Callable[[], None], state: dict[str, Any]
) -> NatsServer:
    durables = [each for each in declared_consumers() if each.stream.name == ORDERS.name]
    on_nats(brokers, partial(provision_jetstream, streams=[ORDERS], consumers=durables))
    for _ in range(3):
        placed()
    state["streams"] = [{"name": ORDERS.name, "first_sequence": 1, "last_sequence": 3}]
    state["queues"] = [{"name": "jobs", "visible": 2, "in_flight": 1}]
    return brokers


def tracks(page: str) -> list[str]:
    """Return the HTML of each track."""
    return page.split('<li class="track">')[1:]


def test_before_the_first_reading_the_page_says_so(client: Client) -> None:
    assertContains(client.get("/lab/inside/"), "The stream is being read")


def test_each_durable_of_the_shop_has_a_track(client: Client, three_events: NatsServer) -> None:
    page = client.get("/lab/inside/")
    # All are placed orders, which are not for notification.
    for name, waiting, drawn in (
        ("fulfilment", 3, "waiting"),
        ("notification", 0, "others"),
        ("sales", 3, "waiting"),
    ):
        (track,) = (each for each in tracks(page.text) if f"<code>{name}</code>" in each)
        assert f"{waiting} waiting · 0 not settled" in track
        assert f'class="track-{drawn}" x="0" y="0" width="3"' in track
    assertContains(page, "2 visible · 1 hidden")


def test_what_a_visitor_holds_has_its_timer(client: Client, three_events: NatsServer) -> None:
    client.post("/lab/consumer/durable/", {"subject": "orders.>", "start": "all"})
    client.post("/lab/consumer/take/")
    client.post("/lab/consumer/queue/")
    client.post("/lab/consumer/job/")
    client.post("/lab/consumer/receive/")
    page = client.get("/lab/inside/", headers=HTMX)
    assertContains(page, "<code>by-hand-1</code> (yours)", count=2)
    assert re.search(r"1, attempt 1: in flight, again in <span data-off-in=", page.text)
    assert re.search(r"receive 1: visible in <span data-off-in=", page.text)
    assertNotContains(page, "<html")
    assertNotContains(Client().get("/lab/inside/"), "(yours)")


def test_a_server_that_is_away_is_named(client: Client, three_events: NatsServer) -> None:
    three_events.stop()
    assertContains(client.get("/lab/inside/"), "notice-error")


def test_what_the_snapshot_did_not_reach_is_named_and_not_asked_again(
    client: Client, state: dict[str, Any], db: None
) -> None:
    state["problems"] = {"nats": "no answer within 1 s"}
    page = client.get("/lab/inside/")
    assertContains(page, "NATS: no answer within 1 s")
    assertNotContains(page, "The stream is being read")
