"""The pages without a pattern, over HTTP."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from apps.lab import urls
from apps.lab.faults.known_faults import KNOWN
from apps.lab.map.topology import edges, nodes
from apps.lab.orders.reset import Report
from apps.lab.pages import views
from apps.lab.queries import faults_on, load_rate
from apps.lab.services import switch_on
from apps.orders.models import Order
from tests.catalog.products import make_product
from tests.orders.conftest import FakePrices, prices

__all__ = ["prices"]

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SLUG = "consumer-fetched-corrupt-sales"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.lab.services.announce_change", lambda: None)
    monkeypatch.setattr("apps.lab.orders.snapshot.SNAPSHOT.current", dict)


def switch(client: Client, **changes: Any) -> Any:
    data = {"slug": SLUG, "rate": "0.5", "lasts": "60", **changes}
    return client.post("/lab/faults/on/", data)


def test_both_maps_have_every_part_and_line(client: Client) -> None:
    page = client.get("/lab/").text
    for node in nodes():
        assert page.count(f'data-node="{node.id}"') == 2, node
    for edge in edges():
        assert page.count(f'data-edge="{edge.id}"') == 2, edge


def test_the_map_names_pages_that_there_are(client: Client) -> None:
    named = re.findall(r"<code>((?:docs|examples)/[^<]+)</code>", client.get("/lab/").text)
    assert "docs/index.md" in named
    assert [page for page in named if not (settings.BASE_DIR / page).is_file()] == []


def test_the_map_says_that_a_report_may_be_lost(client: Client) -> None:
    assertContains(client.get("/lab/"), "a report can be lost")


def test_the_empty_list_of_the_map_leads_to_an_order(client: Client) -> None:
    page = client.get("/lab/").text
    (says,) = re.findall(r'<li class="passing-none">(.*?)</li>', page, re.DOTALL)
    assert "each step of its messages appears here" in says
    assert 'href="#order"' in says
    assert re.search(r'<form [^>]*id="order"', page)


def test_an_order_is_placed_on_the_map(prices: FakePrices, client: Client) -> None:
    make_product()
    answer = client.post("/lab/", follow=True)
    assertRedirects(answer, "/lab/")
    assertContains(answer, str(Order.objects.get().id))


def test_an_order_by_htmx_gets_a_fragment(prices: FakePrices, client: Client) -> None:
    make_product()
    answer = client.post("/lab/", headers=HTMX)
    assertContains(answer, f"/orders/{Order.objects.get().id}/")
    assertNotContains(answer, "<html")


def test_an_order_that_cannot_be_placed_says_why(client: Client) -> None:
    answer = client.post("/lab/", headers=HTMX)  # No broker is there in this test.
    assertContains(answer, "No order was placed. BrokerAway")
    assert not Order.objects.exists()


def test_all_switches_are_on_one_page(client: Client) -> None:
    page = client.get("/lab/faults/").text
    assert all(f'id="fault-{known.slug}"' in page for known in KNOWN)


def test_a_switch_is_switched_on_and_off(client: Client) -> None:
    assertRedirects(switch(client), "/lab/faults/")
    (fault,) = faults_on()
    assert (fault.point, fault.consumer, fault.rate) == ("consumer.fetched", "sales", 0.5)
    assertContains(client.get("/lab/faults/"), "On for 50%")
    client.post("/lab/faults/off/", {"slug": SLUG})
    assert faults_on() == []


def test_all_are_switched_off(client: Client) -> None:
    switch(client)
    switch_on(point="job.received", action="raise")
    client.post("/lab/faults/off/")
    assert faults_on() == []


@pytest.mark.parametrize(
    "wrong", [{"slug": "none"}, {"rate": "2"}, {"lasts": "86400"}, {"slug": ""}]
)
def test_an_unknown_switch_changes_nothing(client: Client, wrong: dict[str, str]) -> None:
    assert switch(client, **wrong).status_code == 302
    assert faults_on() == []
    assertContains(client.get("/lab/faults/"), views.NOTHING_SWITCHED)


def test_htmx_gets_the_error_of_an_unknown_switch(client: Client) -> None:
    data = {"slug": SLUG, "rate": "2", "lasts": "60", "of": "durable-events"}
    answer = client.post("/lab/faults/on/", data, headers=HTMX)
    assertContains(answer, views.NOTHING_SWITCHED)
    assertNotContains(client.get("/lab/faults/"), views.NOTHING_SWITCHED)


def test_an_unknown_slug_switches_nothing_off(client: Client) -> None:
    switch(client)
    client.post("/lab/faults/off/", {"slug": "none"})
    assert len(faults_on()) == 1


def test_a_switch_redirects_only_within_the_site(client: Client) -> None:
    assert switch(client, next="/lab/durable-events/").url == "/lab/durable-events/"
    assert switch(client, next="https://elsewhere.example/").url == "/lab/faults/"


@pytest.mark.parametrize(
    ("of", "page"), [("", "/lab/faults/"), ("durable-events", "/lab/durable-events/")]
)
def test_a_press_before_htmx_sees_the_new_switches_leads_back_too(
    client: Client, of: str, page: str
) -> None:
    """It was sent as a form, and led to the address of the press before, which takes no GET."""
    data = {"slug": SLUG, "rate": "1", "lasts": "60", "of": of}
    replaced = client.post("/lab/faults/on/", data, headers=HTMX)
    assert set(re.findall(r'name="next" value="([^"]*)"', replaced.text)) == {page}


def test_htmx_gets_the_switches_of_a_pattern(client: Client) -> None:
    answer = client.get("/lab/faults/?of=celery", headers=HTMX)
    assertContains(answer, "fault-mail-due-skip")
    assertNotContains(answer, SLUG)


def test_every_page_says_what_is_broken(client: Client) -> None:
    switch(client)
    for path in ("", "faults/", "load/", "dead-letters/", "reset/", "durable-events/"):
        assertContains(client.get(f"/lab/{path}"), "Broken on purpose: Poison")
    assertContains(client.get("/lab/faults/?line", headers=HTMX), "Broken on purpose: Poison")


def test_faults_from_a_terminal_are_shown(client: Client) -> None:
    switch_on(point="relay.claimed", action="raise")
    assertContains(client.get("/lab/faults/"), "relay.claimed=raise")


def test_the_load_is_set_and_shown(client: Client) -> None:
    assertRedirects(client.post("/lab/load/", {"rate": "4", "lasts": "60"}), "/lab/load/")
    assert load_rate() == 4
    assertContains(client.get("/lab/load/"), "On: 4 orders a second")
    assertContains(client.get("/lab/load/", headers=HTMX), "On: 4 orders a second")


@pytest.mark.parametrize("rate", ["51", "-1", "many", ""])
def test_a_load_out_of_range_is_an_error(client: Client, rate: str) -> None:
    answer = client.post("/lab/load/", {"rate": rate, "lasts": "60"}, follow=True)
    assertContains(answer, "from 0 to 50")
    assert load_rate() == 0


def test_a_reset_asks_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def bring_back() -> Report:
        done.append("reset")
        return Report(seconds=3.21, problems=("NATS is away",))

    monkeypatch.setattr(views, "bring_back", bring_back)
    assertContains(client.get("/lab/reset/"), "Reset the shop?")
    assert done == []
    answer = client.post("/lab/reset/", follow=True)
    assert done == ["reset"]
    assertContains(answer, "It took 3.2 s")
    assertContains(answer, "Not everything could be emptied: NATS is away")


@pytest.mark.parametrize("path", ["faults/on/", "faults/off/"])
def test_a_get_request_switches_nothing(client: Client, path: str) -> None:
    answer = client.get(f"/lab/{path}")
    assert answer.status_code == 405


def test_a_method_that_a_page_does_not_take_is_405_without_a_token() -> None:
    client = Client(enforce_csrf_checks=True)
    routes = [str(each.pattern) for each in urls.urlpatterns]
    for kind, value in ((r"<\w+:id>", "1"), (r"<slug:\w+>", "some"), (r"<uuid:\w+>", str(uuid4()))):
        routes = [re.sub(kind, value, each) for each in routes]
    addresses = set(routes)
    answers = {each: client.put(f"/lab/{each}") for each in addresses}
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(
        addresses, 405
    )
    allowed = {each: answers[each]["Allow"] for each in ("", "live/", "faults/on/")}
    assert allowed == {"": "GET, HEAD, POST", "live/": "GET", "faults/on/": "POST"}
