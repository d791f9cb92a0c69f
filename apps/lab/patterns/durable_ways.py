"""Durable events, continued: the ways of an order that is placed, and of one cancelled."""

from apps.fulfilment import handlers as fulfilment
from apps.fulfilment import services as stock
from apps.lab.patterns.pattern import WayStep
from apps.lab.patterns.steps import (
    acknowledged,
    committed,
    fetched,
    handled,
    recorded,
    relayed_to_jetstream,
)
from apps.messaging import request_reply
from apps.orders import checkout, services
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderPlaced
from apps.pricing.contract import SUBJECT

PLACED, CONFIRMED = OrderPlaced.subject, OrderConfirmed.subject
CANCELLED = OrderCancelled.subject

PLACING = (
    WayStep(
        point="request.answered",
        destination=SUBJECT,
        title="The prices are known",
        says="They are asked for before the transaction begins, so that no lock is held while the "
        "network answers.",
        code=(checkout.check_out, request_reply.ask_all),
    ),
    recorded(
        PLACED,
        title="The order and its event are one transaction",
        says="`web` writes the order, its lines and an outbox row, and commits them together: no "
        "order without its event, no event without its order.",
        code=(services.place_order,),
    ),
    *relayed_to_jetstream(PLACED),
    fetched(
        PLACED,
        "fulfilment",
        title="Fulfilment fetches it",
        says="From its own durable, at its own pace. It must acknowledge the event within 10 "
        "seconds, else the event is delivered again.",
    ),
    recorded(
        CONFIRMED,
        title="The next event is recorded",
        says="In the transaction that takes the stock. An event that follows from an event uses "
        "the outbox too.",
        code=(stock.reserve, services.confirm_orders),
    ),
    handled(
        PLACED,
        "fulfilment",
        title="The stock is taken, the transaction is open",
        says="The inbox stores the event's id in this transaction. If the id is stored already, "
        "the handler is not called: a repeat has no effect.",
        code=(fulfilment.reserve_stock,),
    ),
    committed(
        PLACED,
        "fulfilment",
        says="After a crash at this moment the event is delivered again, and the inbox has its id.",
    ),
    acknowledged(
        PLACED,
        "fulfilment",
        title="Fulfilment acknowledges it",
        says="After the commit, never before: otherwise a crash could lose the event.",
    ),
    acknowledged(
        PLACED,
        "sales",
        title="Sales has counted the order",
        says="Another durable of the same stream, with its own position and its own redeliveries.",
    ),
    relayed_to_jetstream(CONFIRMED)[2],
    acknowledged(
        CONFIRMED,
        "notification",
        title="A mail is due",
        says="The mail is a row first; Celery sends it, as the Celery page shows.",
    ),
    acknowledged(
        CONFIRMED,
        "sales",
        title="Sales has counted the confirmation",
        says="The order is placed, confirmed and counted: this is the end of its way.",
    ),
)
CANCELLING = (
    recorded(
        CANCELLED,
        title="The cancellation and its event are one transaction",
        says="Under the lock of the order's row. A second cancellation returns the same answer and "
        "records nothing.",
        code=(services.cancel_order,),
    ),
    *relayed_to_jetstream(CANCELLED),
    fetched(
        CANCELLED,
        "fulfilment",
        title="Fulfilment fetches it",
        says="The events of one order are stored in order. A later one may still overtake a retry, "
        "so the handler reads the order's state.",
    ),
    handled(
        CANCELLED,
        "fulfilment",
        title="The stock goes back",
        says="Once, however often the event comes: the reservation stores when it was released.",
        code=(fulfilment.release_stock, stock.release),
    ),
    acknowledged(
        CANCELLED, "fulfilment", title="Fulfilment acknowledges it", says="After the commit."
    ),
    acknowledged(
        CANCELLED,
        "sales",
        title="Sales has counted it",
        says="The order's total is subtracted from the figures of the day.",
    ),
    acknowledged(
        CANCELLED,
        "notification",
        title="A mail is due",
        says="An order has one mail for each end, so this one gets a second mail.",
    ),
)
