"""Durable events: an order is placed, its stock is taken, and other apps are notified."""

from uuid import UUID

from apps.lab.orders.shopping import order_one_of
from apps.lab.patterns.durable_terminal import QUESTIONS, TERMINAL
from apps.lab.patterns.durable_ways import CANCELLING, PLACING
from apps.lab.patterns.pattern import CONNECT_JS, CONNECT_JS_3, Given, Pattern, Sending
from apps.orders import queries, services
from apps.orders.errors import OrderInvalid


def place_an_order(_: Given) -> str:
    order = order_one_of("ABC").order
    return f"Order {order.id} is placed: one ABC for {order.total} {order.currency}."


def cancel_the_order(given: Given) -> str:
    order = queries.order_alone(_order_id(given.get("key", "")))
    if order.status == order.Status.CANCELLED:
        return f"Order {order.id} was cancelled before: the same answer, and no second event."
    services.cancel_order(order_id=order.id)
    return f"Order {order.id} is cancelled; its stock goes back when the event is handled."


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
            "A JetStream stream stores the messages of its subjects on disk, and each durable "
            "consumer reads them at its own pace, and acknowledges each message."
        ),
        (
            "The outbox makes the event part of the transaction that it reports, and the inbox "
            "ensures that its effect happens once, however often it is delivered."
        ),
        (
            "In the shop every order takes this way: placed, stock taken, confirmed, mailed and "
            "counted, by four processes, any of which may die at any time."
        ),
    ),
    when_not="If a loss is harmless: publish-subscribe needs less. If you need an answer now: use "
    "request-reply. For a command to one worker: use SQS jobs.",
    costs="Disk, an acknowledgement for each message, two tables and a relay. Delivery is at least "
    "once, so each handler must be safe to repeat. The outbox adds some milliseconds to each "
    "event.",
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
            says="Its stock goes back, by another event.",
            send=cancel_the_order,
            way=CANCELLING,
            needs_key=True,
        ),
    ),
    before_sdk="import nats\n\nnc = await nats.connect(@python)\njs = nc.jetstream()",
    before_js=CONNECT_JS + "\nconst js = nc.jetstream();\nconst jsm = await nc.jetstreamManager();",
    before_js_3='import { jetstream, jetstreamManager } from "@nats-io/jetstream";\n'
    + CONNECT_JS_3
    + "\nconst js = jetstream(nc);\nconst jsm = await jetstreamManager(nc);",
    terminal=TERMINAL,
    questions=QUESTIONS,
)
