"""A replay skips the events that the live consumer does not count."""

from typing import cast

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.recovery.replay import Replay
from apps.orders.events import OrderEvent, OrderPlaced
from apps.orders.models import Order
from apps.sales.rebuilt import Rebuilt
from apps.sales.replay import compare
from tests.orders.factories import event_of, make_order
from tests.sales.stream import StoredStream, count_live, figures, today

pytestmark = pytest.mark.django_db


@transaction.atomic
def record(*events: OrderEvent) -> None:
    for event in events:
        outbox.record(event, key=str(event.id))


def of_three_pieces(order: Order) -> OrderPlaced:
    """Return an event with the order's own total, and more pieces than the order has."""
    event = event_of(OrderPlaced, order)
    (line,) = event.lines
    return event.model_copy(update={"lines": (line.model_copy(update={"quantity": 3}),)})


def test_an_event_with_other_lines_is_never_counted() -> None:
    order = make_order()
    OutboxMessage.objects.all().delete()
    record(of_three_pieces(order), event_of(OrderPlaced, order))
    count_live()
    assert DeadLetter.objects.count() == 1
    found = compare(cast("Replay", StoredStream()), Rebuilt(), apply=True)
    assert (found.days, found.differences, found.uncounted) == ([today()], [], 0)
    assert figures()[str(today())]["units"] == 2


def test_the_orders_of_a_batch_are_read_with_their_lines_by_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        make_order()
    (batch,) = StoredStream().read()
    with django_assert_num_queries(2):
        Rebuilt().add(batch)
