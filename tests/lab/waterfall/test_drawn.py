"""The waterfall of an order, from rows and hops."""

from uuid import UUID, uuid4

from apps.lab.feed.feed import Feed
from apps.lab.waterfall.drawn import DrawnSpan, Waterfall, waterfalls
from apps.lab.waterfall.records import records_of
from apps.messaging.message import REDRIVE_FOR
from tests.lab.made_hops import TRACE
from tests.lab.waterfall.conftest import FULFILMENT, OrderOnItsWay


def drawn(order: OrderOnItsWay) -> Waterfall:
    (waterfall,) = waterfalls(records_of(order.id))
    return waterfall


def row(order: OrderOnItsWay, name: str) -> DrawnSpan:
    return next(each for each in drawn(order).rows if each.span.name.startswith(name))


def ask_the_price(order: OrderOnItsWay, *, at: float = 0.0) -> None:
    for point, after, worker in (
        ("request.sent", 0.0, "web"),
        ("request.received", 0.02, "pricing"),
        ("request.answered", 0.05, "web"),
    ):
        order.hop(point, at=at + after, destination="price.asked", key="", worker=worker)


def placed(order: OrderOnItsWay, *, at: float = 0.0) -> UUID:
    """The order's first event, asked for, recorded, relayed; each step has its hop."""
    ask_the_price(order, at=at)
    message = order.recorded("orders.placed", at=at + 0.1, sent=at + 0.5)
    order.hop("outbox.recorded", at=at + 0.1, message=message)
    steps = (("claimed", 0.3), ("publishing", 0.35), ("published", 0.45), ("marked", 0.5))
    for point, after in steps:
        order.hop(f"relay.{point}", at=at + after, message=message, worker="outbox_relay", pid=3)
    return message


def handled_by_fulfilment(order: OrderOnItsWay, message: UUID) -> None:
    for point, at in (
        ("fetched", 0.6),
        ("handled", 0.7),
        ("committed", 0.8),
        ("acknowledged", 0.9),
    ):
        attributes = {"sequence": 1}
        order.hop(f"consumer.{point}", at=at, message=message, attributes=attributes, **FULFILMENT)


def test_waiting_and_working_are_apart(order: OrderOnItsWay) -> None:
    handled_by_fulfilment(order, placed(order))
    shown = {
        name: (row(order, name).waited, row(order, name).worked)
        for name in ("HTTP", "Price", "Outbox", "Relay", "Stream", "fulfilment")
    }
    assert shown == {
        "HTTP": ("none", "100 ms"),
        "Price": ("20 ms", "30 ms"),
        "Outbox": ("200 ms", "none"),
        "Relay": ("none", "200 ms"),
        "Stream": ("none", "100 ms"),
        "fulfilment": ("150 ms", "300 ms"),
    }


def test_each_step_names_its_cause(order: OrderOnItsWay) -> None:
    message = placed(order)
    handled_by_fulfilment(order, message)
    confirmed = order.recorded("orders.confirmed", at=0.65)
    order.hop("outbox.recorded", at=0.65, message=confirmed, **FULFILMENT)
    causes = {each.span.name: each.cause for each in drawn(order).rows}
    assert causes["HTTP request"] == "the beginning"
    assert causes["Price look-up: price.asked"] == "HTTP request"
    assert causes["Outbox: orders.placed"] == "HTTP request"
    assert causes["Relay: orders.placed"] == "Outbox: orders.placed"
    assert causes["fulfilment handles orders.placed"] == "Stream, message 1: orders.placed"
    assert causes["Outbox: orders.confirmed"] == "fulfilment handles orders.placed"


def test_a_step_stands_behind_its_cause_and_deeper(order: OrderOnItsWay) -> None:
    placed(order)
    depths = [(each.span.name.split(":")[0], each.depth) for each in drawn(order).rows]
    assert depths == [
        ("HTTP request", 0),
        ("Price look-up", 1),
        ("Outbox", 1),
        ("Relay", 2),
        ("Stream, message 1", 3),
        ("fulfilment handles orders.placed", 4),
        ("sales handles orders.placed", 4),
    ]


def test_another_process_is_no_cause(order: OrderOnItsWay) -> None:
    handled_by_fulfilment(order, placed(order))
    confirmed = order.recorded("orders.confirmed", at=0.65)
    order.hop("outbox.recorded", at=0.65, message=confirmed, **(FULFILMENT | {"pid": 8}))
    assert row(order, "Outbox: orders.confirmed").cause == "not recorded"


def test_without_hops_the_tables_are_shown_and_the_rest_is_not_recorded(
    order: OrderOnItsWay,
) -> None:
    message = order.recorded("orders.placed", at=0.1, sent=0.5)
    order.handled("fulfilment", message, at=0.9)
    outbox, relay, fulfilment, sales = (
        row(order, name) for name in ("Outbox", "Relay", "fulfilment", "sales")
    )
    assert (outbox.waited, outbox.cause, outbox.marks) == ("not recorded", "not recorded", (0.0,))
    assert (relay.worked, relay.marks) == ("not recorded", (500.0,))
    assert (fulfilment.waited, fulfilment.worked) == ("not recorded", "not recorded")
    assert (fulfilment.begins, fulfilment.marks) == ("+800 ms", (1000.0,))
    assert (sales.begins, sales.marks, sales.bars) == ("not recorded", (), ())
    assert not any(each.bars for each in drawn(order).rows)


def test_a_message_whose_row_is_pruned_is_shown_by_its_inbox_entry(order: OrderOnItsWay) -> None:
    pruned, kept = uuid4(), order.recorded("orders.confirmed", at=1.0, sent=1.5)
    order.handled("fulfilment", pruned, at=0.5)
    order.handled("sales", kept, at=2.0)
    stored, followed = waterfalls(records_of(order.id))
    (handled,) = stored.rows
    assert (stored.title, followed.title) == ("", "orders.confirmed")
    assert (handled.span.name, handled.worked) == ("fulfilment handles a message", "not recorded")
    assert [each for each in followed.rows if each.span.name.endswith("a message")] == []


def test_each_attempt_is_a_step_and_the_second_waits_since_the_first(order: OrderOnItsWay) -> None:
    message = placed(order)
    for point, at, attempt in (
        ("consumer.fetched", 0.6, 1),
        ("consumer.failed", 0.7, 1),
        ("consumer.fetched", 2.7, 2),
        ("consumer.acknowledged", 2.8, 2),
    ):
        order.hop(point, at=at, message=message, attempt=attempt, **FULFILMENT)
    order.handled("fulfilment", message, at=2.75)
    first, second = (each for each in drawn(order).rows if each.span.name.startswith("fulfilment"))
    assert (first.worked, first.span.says) == (
        "100 ms",
        "The handler failed: it is tried again later.",
    )
    assert second.span.name.endswith("attempt 2")
    assert (second.waited, second.worked) == ("2,000 ms", "100 ms")


def test_a_death_before_the_end_leaves_the_working_not_recorded(order: OrderOnItsWay) -> None:
    order.hop("consumer.fetched", at=0.6, message=placed(order), **FULFILMENT)
    assert row(order, "fulfilment").worked == "not recorded"


def test_what_was_fetched_before_the_acknowledgement_has_not_waited(order: OrderOnItsWay) -> None:
    order.hop("consumer.fetched", at=0.4, message=placed(order), **FULFILMENT)
    assert row(order, "fulfilment").waited == "0.0 ms"


def test_another_orders_hops_of_the_same_trace_are_left_out(order: OrderOnItsWay) -> None:
    placed(order)
    order.hop("outbox.recorded", at=9.0, message="another", key="another", trace=TRACE)
    assert drawn(order).length == "500 ms"


def test_orders_of_one_trace_have_each_their_own_look_ups(order: OrderOnItsWay, feed: Feed) -> None:
    another = OrderOnItsWay(feed)
    placed(another, at=0.0)
    placed(order, at=10.0)
    ask_the_price(another, at=20.0)  # This request records no order.
    for each in (another, order):
        look_ups = [row for row in drawn(each).rows if row.span.name.startswith("Price")]
        assert [look_up.worked for look_up in look_ups] == ["30 ms"]
        assert drawn(each).length == "500 ms"


def test_a_cancellation_has_a_scale_of_its_own(order: OrderOnItsWay) -> None:
    placed(order)
    later = f"00-{'c' * 32}-{'b' * 16}-01"
    order.recorded("orders.cancelled", at=60.0, traceparent=later)
    first, second = waterfalls(records_of(order.id))
    assert (first.title, second.title) == ("orders.placed", "orders.cancelled")
    assert first.length == "500 ms"


def test_a_redriven_event_is_for_its_consumer_and_has_the_inbox_entry(order: OrderOnItsWay) -> None:
    message = placed(order)
    order.recorded(
        "orders.placed",
        at=5.0,
        sent=5.1,
        sequence=2,
        **{"ce-id": str(message), REDRIVE_FOR: "fulfilment"},
    )
    order.handled("fulfilment", message, at=5.5)
    found = [each for each in drawn(order).rows if "handles" in each.span.name]
    assert [(each.span.name, each.marks != ()) for each in found] == [
        ("fulfilment handles orders.placed", False),
        ("sales handles orders.placed", False),
        ("fulfilment handles orders.placed", True),
    ]
