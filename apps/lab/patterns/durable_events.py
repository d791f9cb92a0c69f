"""Durable events: an order is placed, its stock is taken, and everybody else hears of it."""

from uuid import UUID

from apps.lab.orders.shopping import order_one_of
from apps.lab.patterns.durable_terminal import QUESTIONS, TERMINAL
from apps.lab.patterns.durable_ways import CANCELLING, PLACING
from apps.lab.patterns.pattern import CONNECT_JS, Given, Pattern, Sending
from apps.orders import queries, services
from apps.orders.errors import OrderInvalid


def place_an_order(_: Given) -> str:
    order = order_one_of("ABC").order
    return f"Order {order.id} is placed: one ABC for {order.total} {order.currency}."


def cancel_the_order(given: Given) -> str:
    order = queries.order_alone(_order_id(given.get("key", "")))
    if order.status == order.Status.CANCELLED:
        return f"Order {order.id} was cancelled already: the same answer, and no second event."
    services.cancel_order(order_id=order.id)
    return f"Order {order.id} is cancelled; its stock goes back when the event is heard."


def _order_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise OrderInvalid("key", f"{text!r} is no order's id") from error


PATTERN = Pattern(
    slug="durable-events",
    name="Durable events",
    what=(
        (
            "A JetStream stream keeps what is published on its subjects, on disk, and each durable "
            "consumer reads it at its own pace and acknowledges message by message."
        ),
        (
            "An outbox makes the event part of the transaction that it reports, and an inbox "
            "makes its effect happen once, however often it is delivered."
        ),
        (
            "In the shop every order goes this way: placed, stock taken, confirmed, mailed and "
            "counted, by four processes, any of which may die at any moment."
        ),
    ),
    when_not="Where a loss is harmless, publish-subscribe is less to run; where an answer is "
    "wanted now, ask for it. Nor for commands to one worker that concern nobody else.",
    costs="Disk, an acknowledgement for each message, two tables and a relay. Delivery is at least "
    "once, so every handler must bear a repeat; the outbox adds some milliseconds to each event.",
    sendings=(
        Sending(
            slug="place",
            label="Place an order for one ABC",
            says="Through the shop's checkout, price lookup included.",
            send=place_an_order,
            way=PLACING,
        ),
        Sending(
            slug="cancel",
            label="Cancel this order",
            says="Its stock goes back, by an event of its own.",
            send=cancel_the_order,
            way=CANCELLING,
            needs_key=True,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)\njs = nc.jetstream()",
    before_js=CONNECT_JS + "\nconst js = nc.jetstream();\nconst jsm = await nc.jetstreamManager();",
    terminal=TERMINAL,
    questions=QUESTIONS,
)
