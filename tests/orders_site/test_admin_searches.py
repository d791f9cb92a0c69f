"""What a search in the admin finds: each list looks only where an index leads."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.fulfilment.models import Reservation
from apps.messaging import admin as messaging_admin
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.notifications.models import Mail
from apps.orders.models import Order
from tests.orders.factories import make_order

pytestmark = pytest.mark.django_db

type Search = Callable[..., int]

ID = uuid.UUID("5e1f0a7b-0000-4000-8000-00000000000a")
TERMS = [
    (str(ID), 1),
    (str(ID).upper(), 1),
    (ID.hex, 1),
    ("5e1f0a7b", 1),
    ("5E1F0", 1),
    ("5e1f0a7b-00", 1),
    ("5e1f0a7c", 0),
    ("0a7b", 0),
    (f"{ID}0", 0),
    ("5e1g", 0),
    ("-", 0),
    ("ann@example.com", 1),
    ("ANN@Example.Com", 1),
    ("ann@example.com 5e1f", 1),
    ("ann@example.com 5e2f", 0),
    ("bob@example.com", 0),
]


@pytest.fixture
def search(admin_client: Client) -> Search:
    """Search in the list of a table; return how many rows are found."""

    def found(table: str, term: str, **filters: str) -> int:
        asked = {"q": term, **filters}
        answer = admin_client.get(reverse(f"admin:{table}_changelist"), asked)
        count: int = answer.context["cl"].result_count
        return count

    return found


@pytest.fixture
def order() -> Order:
    """An order, beside another one."""
    Order.objects.create(id=uuid.UUID(int=5), email="carl@example.com", total=1, currency="GBP")
    return Order.objects.create(id=ID, email="Ann@Example.com", total=1, currency="GBP")


def bury(message_id: str, **fields: str) -> None:
    given = {"reason": "cold", "body": "{}", "state": "dead"} | fields
    DeadLetter.objects.create(
        transport="sqs", consumer="jobs", destination="jobs", message_id=message_id, **given
    )


@pytest.mark.parametrize(("term", "count"), TERMS)
def test_an_order_is_found_by_the_beginning_of_its_id_and_by_its_address(
    search: Search, order: Order, term: str, count: int
) -> None:
    assert search("orders_order", term) == count


@pytest.mark.parametrize(("term", "count"), TERMS)
def test_a_mail_is_found_as_its_order(search: Search, order: Order, term: str, count: int) -> None:
    Mail.objects.create(order=order, kind="confirmed", to="ann@EXAMPLE.com", subject="", body="")
    assert search("notifications_mail", term) == count


@pytest.mark.parametrize(("term", "count"), TERMS[:11])
def test_a_reservation_is_found_as_its_order(
    search: Search, order: Order, term: str, count: int
) -> None:
    Reservation.objects.create(order=order, lines=[])
    assert search("fulfilment_reservation", term) == count


def test_a_dead_letter_is_found_by_its_whole_id_or_a_part_of_its_text(search: Search) -> None:
    bury("one", reason="The kettle is cold")
    bury("two", body='{"pot": "Earl Grey"}')
    found = {term: search("messaging_deadletter", term) for term in ("one", "on", "KETTLE", "grey")}
    assert found == {"one": 1, "on": 0, "KETTLE": 1, "grey": 1}
    assert search("messaging_deadletter", "kettle", state__exact="dropped") == 0


def test_the_text_of_older_dead_letters_is_not_searched(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_admin, "TEXTS_SEARCHED", 2)
    for number in range(4):
        bury(str(number), state="dropped" if number == 3 else "dead")
        died_at = timezone.now() - timedelta(hours=number)
        DeadLetter.objects.filter(message_id=str(number)).update(died_at=died_at)
    assert search("messaging_deadletter", "cold") == 2
    # The last of a filtered list are others.
    assert search("messaging_deadletter", "cold", state__exact="dropped") == 1
    assert search("messaging_deadletter", "3") == 1


def test_rows_that_wait_are_listed_by_transport(search: Search) -> None:
    make_order()
    waiting = [search("messaging_outboxmessage", "", waiting=name) for name in ("jetstream", "sqs")]
    assert waiting == [1, 0]
    OutboxMessage.objects.update(sent_at=timezone.now())
    assert search("messaging_outboxmessage", "", waiting="jetstream") == 0
    assert search("messaging_outboxmessage", "", waiting="nothing known") == 1
