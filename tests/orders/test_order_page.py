"""The page of an order, which polls until the order has ended."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from apps.messaging.hooks.tracing import following, new_traceparent
from apps.messaging.models import OutboxMessage
from tests.orders.shopping import content, end, make_order

pytestmark = pytest.mark.django_db

VIEWER, RECEIVER = "https://traces.example.com/{trace}", "http://127.0.0.1:4318/v1/traces"


def test_the_page_polls_a_placed_order_each_second(client: Client) -> None:
    order = make_order()

    page = content(client.get(f"/orders/{order.id}/"))

    assert f'hx-get="/orders/{order.id}/state/?seen=placed-1" hx-trigger="every 1s"' in page
    assert "Reserving stock" in page
    assert "orders.placed recorded" in page


def test_the_order_page_works_without_javascript(client: Client) -> None:
    page = content(client.get(f"/orders/{make_order().id}/"))

    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page


def test_an_unchanged_order_is_answered_with_204(client: Client) -> None:
    order = make_order()

    response = client.get(f"/orders/{order.id}/state/?seen=placed-1")

    assert response.status_code == 204


def test_a_sent_event_updates_the_order_page(client: Client) -> None:
    order = make_order()
    OutboxMessage.objects.update(sent_at=timezone.now(), stream_sequence=17)

    page = content(client.get(f"/orders/{order.id}/state/?seen=placed-1"))

    assert "the stream keeps it as message 17" in page


def test_a_poll_of_the_page_makes_four_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order()

    # The order, its outbox rows, its inbox entries, its mails; each by an index.
    with django_assert_num_queries(4):
        client.get(f"/orders/{order.id}/state/?seen=placed-0")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("confirmed", "Your order is confirmed"),
        ("rejected", "We could not take your order"),
        ("cancelled", "Your order is cancelled"),
    ],
)
def test_the_page_shows_the_end_of_an_order(client: Client, status: str, words: str) -> None:
    order = make_order()
    end(order, status, reason="not enough of ABC in stock")

    page = content(
        client.get(f"/orders/{order.id}/state/?seen=placed-1", headers={"HX-Request": "true"})
    )

    assert f"<h1>{words}</h1>" in page
    assert f'<p id="announcement" hx-swap-oob="innerHTML">{words}</p>' in page
    assert ("not enough of ABC in stock" in page) is (status != "confirmed")


def test_polling_stops_after_the_time_for_the_mail(client: Client) -> None:
    order = make_order()
    end(order, "confirmed", ago=timedelta(seconds=7))

    state = content(client.get(f"/orders/{order.id}/state/?seen=confirmed-1"))
    page = content(client.get(f"/orders/{order.id}/"))

    assert 'id="order-state"' in state
    assert "hx-trigger" not in state
    assert "htmx-2" not in page
    assert "http-equiv" not in page


def test_an_order_page_shows_its_lines_and_total(client: Client) -> None:
    page = content(client.get(f"/orders/{make_order().id}/"))

    assert "2 × £9.99 · ABC" in page
    assert "£19.98" in page


def viewed_by(client: Client, *, is_staff: bool) -> str:
    order = make_order()
    client.force_login(User.objects.create_user("alice", is_staff=is_staff))
    return content(client.get(f"/orders/{order.id}/"))


def test_staff_find_a_link_to_the_trace(client: Client, settings: Settings) -> None:
    settings.TRACE_VIEWER, settings.TRACES_URL = VIEWER, RECEIVER
    page = viewed_by(client, is_staff=True)
    headers = OutboxMessage.objects.get().headers
    trace = headers.split('"traceparent": "00-')[1][:32]
    assert f'<a href="https://traces.example.com/{trace}">trace 1</a>' in page


@pytest.mark.parametrize(
    ("viewer", "receiver", "is_staff"),
    [("", RECEIVER, True), (VIEWER, "", True), (VIEWER, RECEIVER, False)],
)
def test_others_find_none(
    client: Client, settings: Settings, viewer: str, receiver: str, is_staff: bool
) -> None:
    settings.TRACE_VIEWER, settings.TRACES_URL = viewer, receiver
    assert "trace 1" not in viewed_by(client, is_staff=is_staff)


def test_there_is_no_link_to_a_trace_that_was_not_sampled(
    client: Client, settings: Settings
) -> None:
    settings.TRACE_VIEWER, settings.TRACES_URL = VIEWER, RECEIVER
    with following(new_traceparent(is_sampled=False)):
        assert "trace 1" not in viewed_by(client, is_staff=True)
