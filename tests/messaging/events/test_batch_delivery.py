"""A batch is handled in one transaction; anything unusual in it is handled one by one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.messaging import hooks, outbox
from apps.messaging.events.batch_delivery import LARGEST_BATCH, deliver_batch, size_of_batch
from apps.messaging.events.consumer import consuming
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.message import REDRIVE_FOR
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry, OutboxMessage
from tests.messaging.support.brokers import publish, publish_raw, unsettled
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery, make_headers
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

POISON = 13


class Drinker:
    """Handlers that note each batch and each single event, and fail on `POISON`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.singles: list[int] = []
        self.order: list[int] = []
        self.effects: Counter[int] = Counter()

    def drink_all(self, events: list[TeaBrewed]) -> None:
        self.batches.append([event.cups for event in events])
        self._drink(*events)

    def drink(self, event: TeaBrewed) -> None:
        self.singles.append(event.cups)
        self._drink(event)

    def _drink(self, *events: TeaBrewed) -> None:
        if POISON in [event.cups for event in events]:
            raise RuntimeError("not for me")
        for event in events:
            self.order.append(event.cups)
            transaction.on_commit(partial(self.effects.update, [event.cups]))

    def consumer(self) -> Consumer:
        return make_consumer(self.drink, batch_handlers={TeaBrewed: self.drink_all})


@pytest.fixture
def drinker() -> Drinker:
    return Drinker()


def brewed(*cups: int, **changes: Any) -> list[Delivery]:
    return [
        make_delivery(
            body=TeaBrewed(cups=each).to_json().encode(), headers=make_headers(), **changes
        )
        for each in cups
    ]


def handle(consumer: Consumer, deliveries: Sequence[Delivery]) -> None:
    """Handle them as a worker does: in one transaction, or one by one if that fails."""
    if not deliver_batch(consumer, deliveries):
        for each in deliveries:
            deliver(consumer, each)


def test_a_batch_is_one_call_and_as_many_statements_as_one_event(drinker: Drinker) -> None:
    statements = []
    for cups in ([1], [*range(20, 60)]):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert deliver_batch(drinker.consumer(), brewed(*cups))
        statements.append(len(captured))
    assert statements[0] == statements[1]
    assert drinker.batches == [[1], [*range(20, 60)]]
    assert drinker.effects == Counter([1, *range(20, 60)])
    assert InboxEntry.objects.count() == 41


def test_a_batch_that_fails_changes_nothing_and_blames_none(
    drinker: Drinker, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="apps.messaging.events"):
        assert not deliver_batch(drinker.consumer(), brewed(1, POISON, 2))
    assert "one by one instead" in caplog.text
    assert not InboxEntry.objects.exists()
    assert not FailedDelivery.objects.exists()
    assert not drinker.effects


def test_a_message_that_is_in_a_batch_twice_is_handled_once(drinker: Drinker) -> None:
    first, second = brewed(1, 2)
    handle(drinker.consumer(), [first, replace(first, sequence=8), second])
    assert drinker.order == [1, 2]


def test_a_batch_skips_what_was_handled_before(drinker: Drinker) -> None:
    first, second, third = brewed(1, 2, 3)
    assert deliver_batch(drinker.consumer(), [first, second])
    assert deliver_batch(drinker.consumer(), [second, third, first])
    assert drinker.batches == [[1, 2], [3]]


def test_a_message_with_the_id_of_a_dropped_letter_is_handled_in_its_place(
    drinker: Drinker,
) -> None:
    """A sender may give two messages one id; only what was dropped may be skipped."""
    (dropped,) = brewed(1)
    other = replace(dropped, body=TeaBrewed(cups=2).to_json().encode(), sequence=8)
    DeadLetter.objects.create(
        consumer="drinker", identity=dropped.identity, state=DeadLetter.State.DROPPED
    )
    handle(drinker.consumer(), [dropped, other])
    assert drinker.order == [2]


def test_a_dropped_letter_in_a_batch_is_skipped(
    drinker: Drinker, caplog: pytest.LogCaptureFixture
) -> None:
    dropped, other = brewed(1, 2)
    DeadLetter.objects.create(
        consumer="drinker", identity=dropped.identity, state=DeadLetter.State.DROPPED
    )
    with caplog.at_level("INFO", logger="apps.messaging.events"):
        assert deliver_batch(drinker.consumer(), [dropped, other])
    assert drinker.batches == [[2]]
    assert "dropped letter skipped" in caplog.text


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to lose")
def test_a_batch_that_loses_its_connection_blames_none(drinker: Drinker) -> None:
    def lose(events: list[TeaBrewed]) -> None:
        drinker.drink_all(events)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    consumer = make_consumer(drinker.drink, batch_handlers={TeaBrewed: lose})
    handle(consumer, brewed(1, 2))
    assert drinker.effects == Counter([1, 2])
    assert not FailedDelivery.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda each: replace(each, attempt=2),
        lambda each: replace(each, subject="teas.poured"),
        lambda each: replace(each, headers=each.headers | {REDRIVE_FOR: "another"}),
    ],
    ids=["delivered before", "of another kind", "redriven for another consumer"],
)
def test_a_batch_ends_before_an_unusual_message(
    drinker: Drinker, change: Callable[[Delivery], Delivery]
) -> None:
    deliveries = brewed(1, 2, 3)
    assert size_of_batch(drinker.consumer(), deliveries) == 3
    assert size_of_batch(drinker.consumer(), [*deliveries[:2], change(deliveries[2])]) == 2
    assert size_of_batch(drinker.consumer(), [change(deliveries[0]), *deliveries[1:]]) == 0


def test_a_batch_has_a_limit(drinker: Drinker) -> None:
    assert size_of_batch(drinker.consumer(), brewed(*range(LARGEST_BATCH + 1))) == LARGEST_BATCH


def test_events_are_handled_one_by_one_without_a_batch_handler() -> None:
    assert size_of_batch(make_consumer(print), brewed(1, 2)) == 0


def test_events_are_handled_one_by_one_while_a_fault_is_attached(drinker: Drinker) -> None:
    with hooks.attached("consumer.handled", lambda: None):
        assert size_of_batch(drinker.consumer(), brewed(1, 2)) == 0


def test_what_a_batch_records_follows_the_trace_of_each_event() -> None:
    def pour_all(events: list[TeaBrewed]) -> None:
        outbox.record_all((event, f"pot-{event.cups}") for event in events)

    traces = {f"pot-{cups}": f"00-{cups:032x}-{cups:016x}-01" for cups in (1, 2)}
    deliveries = [
        replace(each, headers=make_headers(key=key, traceparent=traces[key]))
        for each, key in zip(brewed(1, 2), traces, strict=True)
    ]
    consumer = make_consumer(print, batch_handlers={TeaBrewed: pour_all})
    assert deliver_batch(consumer, deliveries)
    rows = OutboxMessage.objects.all()
    assert {row.key: row.headers for row in rows}.keys() == traces.keys()
    for row in rows:
        assert traces[row.key] in row.headers


def test_commit_hooks_of_a_batch_run_once_for_each_event(drinker: Drinker) -> None:
    assert deliver_batch(drinker.consumer(), brewed(1, 1, 2))
    assert drinker.effects == Counter([1, 1, 2])


def test_one_poison_message_costs_its_batch_no_attempt(
    nats_server: NatsServer, teas_stream: NatsServer, drinker: Drinker
) -> None:
    for cups in (1, 2, POISON, 3, 4):
        publish(nats_server, cups=cups)
    publish_raw(nats_server, b"no json")
    with running(consuming(drinker.consumer())):
        eventually(lambda: drinker.effects == Counter([1, 2, 3, 4]))
        eventually(FailedDelivery.objects.exists)
        eventually(DeadLetter.objects.exists, what="the unreadable one is buried")
    assert set(drinker.singles) == {1, 2, POISON, 3, 4}
    assert FailedDelivery.objects.values_list("error").distinct().count() == 1


def test_a_backlog_is_handled_in_batches_and_in_order(
    nats_server: NatsServer, teas_stream: NatsServer, drinker: Drinker
) -> None:
    for cups in range(20, 20 + LARGEST_BATCH + 10):
        publish(nats_server, cups=cups)
    with running(consuming(drinker.consumer())):
        eventually(lambda: unsettled(nats_server) == 0)
    assert max(map(len, drinker.batches)) > LARGEST_BATCH / 2
    assert drinker.order == [*range(20, 20 + LARGEST_BATCH + 10)]
