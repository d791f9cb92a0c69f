"""The page *Be the consumer*, over HTTP and on real servers."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects
from pytest_django.fixtures import Settings

from apps.lab.consumer import workbenches
from apps.lab.models import HandDelivery, Workbench
from apps.messaging.by_hand.own_durable import DurableByHand
from apps.messaging.by_hand.own_queue import QueueByHand
from tests.lab.consumer.conftest import brokers, no_sweeper, placed
from tests.support.nats_server import NatsServer
from tests.support.waiting import crowding, eventually

__all__ = ["brokers", "no_sweeper", "placed"]

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}
DURABLE = {"subject": "orders.placed", "start": "all"}


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.lab.orders.snapshot.SNAPSHOT.current", dict)


@pytest.fixture
def visitor(client: Client, brokers: NatsServer, placed: Callable[[], None]) -> Client:
    """A visitor with a durable, on a stream with one event."""
    placed()
    assertRedirects(client.post("/lab/consumer/durable/", DURABLE), "/lab/consumer/")
    return client


def take(client: Client) -> HandDelivery:
    last = HandDelivery.objects.first()

    def taken() -> HandDelivery | None:
        client.post("/lab/consumer/take/")
        newest = HandDelivery.objects.first()
        return newest if newest != last else None

    found = eventually(taken)
    assert found
    return found


def test_a_visitor_without_a_session_gets_no_session(client: Client, settings: Settings) -> None:
    assertContains(client.get("/lab/consumer/"), "Make my durable")
    assertContains(client.get("/lab/consumer/known/"), 'id="known"')
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    assert not Workbench.objects.exists()


def test_an_event_is_shown_whole_with_its_answers(visitor: Client) -> None:
    row = take(visitor)
    page = visitor.get("/lab/consumer/")
    for text in ("orders.placed", "sequence 1", "attempt 1", "traceparent: 00-aaaa", row.handle):
        assertContains(page, text)
    answers = re.findall(r'name="how" value="(\w+)"', page.text)
    assert answers == ["ack", "nak", "later", "progress", "term"]
    assert re.search(r'data-off-in="(29|30)"', page.text)
    assertContains(page, "0 waiting · 1 delivered and not settled")


def test_an_answered_event_has_no_answers_left(visitor: Client) -> None:
    row = take(visitor)
    visitor.post(f"/lab/consumer/{row.pk}/answer/", {"how": "ack"})
    page = visitor.get("/lab/consumer/")
    assertContains(page, "acknowledged</span>")
    assertNotContains(page, 'name="how"')
    assertContains(page, "0 waiting · 0 delivered and not settled")


def test_a_delivery_that_came_again_is_named_old(visitor: Client) -> None:
    row = take(visitor)
    visitor.post(f"/lab/consumer/{row.pk}/answer/", {"how": "nak"})
    take(visitor)
    page = visitor.get("/lab/consumer/")
    assertContains(page, "sequence 1, attempt 2")
    assertContains(page, "given back")


def test_a_job_is_sent_received_and_deleted(client: Client, brokers: NatsServer) -> None:
    for path in ("queue", "job", "receive"):
        assertRedirects(client.post(f"/lab/consumer/{path}/"), "/lab/consumer/")
    page = client.get("/lab/consumer/")
    assert re.findall(r'name="how" value="(\w+)"', page.text) == ["delete", "extend", "show"]
    assertContains(page, "0 visible · 1 hidden")
    client.post(f"/lab/consumer/{HandDelivery.objects.get().pk}/answer/", {"how": "delete"})
    assertContains(client.get("/lab/consumer/"), "0 visible · 0 hidden")


def test_a_job_that_is_shown_again_keeps_its_delete(client: Client, brokers: NatsServer) -> None:
    for path in ("queue", "job", "receive"):
        client.post(f"/lab/consumer/{path}/")
    client.post(f"/lab/consumer/{HandDelivery.objects.get().pk}/answer/", {"how": "show"})
    page = client.get("/lab/consumer/")
    assertContains(page, "shown again")
    assert re.findall(r'name="how" value="(\w+)"', page.text) == ["delete"]


def test_the_delivery_of_another_visitor_cannot_be_answered(visitor: Client) -> None:
    row = take(visitor)
    other = Client()
    other.post("/lab/consumer/durable/", DURABLE)
    other.post(f"/lab/consumer/{row.pk}/answer/", {"how": "ack"})
    row.refresh_from_db()
    assert row.ended == ""
    assertNotContains(other.get("/lab/consumer/"), row.handle)


def test_htmx_gets_the_workbench_and_the_newest_line(visitor: Client) -> None:
    answer = visitor.post("/lab/consumer/take/", headers=HTMX)
    assertContains(answer, "innerHTML:#bench-status")
    assertNotContains(answer, "<html")
    assertNotContains(visitor.get("/lab/consumer/", headers=HTMX), "#bench-status")


def test_the_focus_goes_where_the_pressed_button_is_no_more(visitor: Client) -> None:
    row = take(visitor)
    path = f"/lab/consumer/{row.pk}/answer/"
    answer = visitor.post(path, {"how": "ack"}, headers=HTMX)
    assertContains(answer, f'id="hand-{row.pk}-title" tabindex="-1" autofocus')
    answer = visitor.post("/lab/consumer/leave/", headers=HTMX)
    assertContains(answer, 'id="make-durable" autofocus')
    assertNotContains(visitor.get("/lab/consumer/"), "autofocus")


def test_the_workbench_is_loaded_again_when_a_time_is_over(visitor: Client) -> None:
    assertNotContains(visitor.get("/lab/consumer/"), "load delay")
    take(visitor)
    again = re.search(r'hx-trigger="load delay:(\d+)s"', visitor.get("/lab/consumer/").text)
    assert again
    assert 25 <= int(again[1]) <= 31


def test_an_unknown_filter_makes_nothing(client: Client, brokers: NatsServer) -> None:
    wrong = {"subject": "$JS.>", "start": "all"}
    answer = client.post("/lab/consumer/durable/", wrong, headers=HTMX)
    assertContains(answer, "There is no such filter")
    assert not Workbench.objects.exists()


def test_a_press_without_a_workbench_says_so(client: Client) -> None:
    for path in ("take/", "receive/", "job/", "1/answer/"):
        answer = client.post(f"/lab/consumer/{path}", headers=HTMX)
        assertContains(answer, "make one.")


def test_when_all_are_taken_the_next_visitor_reads_so(
    client: Client, brokers: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbenches, "NUMBERS", range(0))
    assertContains(client.post("/lab/consumer/queue/", headers=HTMX), "are in use")


def test_what_is_mine_is_removed(visitor: Client) -> None:
    durable = workbenches.durable_of(Workbench.objects.get())
    visitor.post("/lab/consumer/leave/")
    assert durable.state() is None
    assertContains(visitor.get("/lab/consumer/"), "Make my durable")


def test_a_server_that_is_away_is_named(visitor: Client, brokers: NatsServer) -> None:
    brokers.stop()
    assertContains(visitor.get("/lab/consumer/known/"), "notice-error")
    answer = visitor.post("/lab/consumer/leave/", headers=HTMX)
    assertContains(answer, "Not removed")


def test_both_brokers_are_asked_at_once(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.post("/lab/consumer/queue/")
    both = threading.Barrier(2)

    def meet(_: object) -> None:
        """Return only when the other broker is being asked, too."""
        both.wait(5 * crowding())

    monkeypatch.setattr(DurableByHand, "state", meet)
    monkeypatch.setattr(QueueByHand, "counts", meet)
    monkeypatch.setattr(settings, "LONGEST_TIMES", replace(settings.LONGEST_TIMES, probe=60.0))
    known = visitor.get("/lab/consumer/known/")
    assertNotContains(known, "notice-error")


def test_a_silent_broker_is_named(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LONGEST_TIMES", replace(settings.LONGEST_TIMES, probe=0.1))
    with silent(monkeypatch):
        assertContains(visitor.get("/lab/consumer/known/"), "NATS: no answer within 0.1 s")


@contextmanager
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let NATS answer only after the block."""
    over = threading.Event()
    monkeypatch.setattr(DurableByHand, "state", lambda _: over.wait())
    try:
        yield
    finally:
        over.set()
