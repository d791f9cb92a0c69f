"""Durable events, continued: the ways of an order that is placed, and of one that is cancelled."""

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
        says="Asked for before the transaction begins: nobody waits for a network while it holds "
        "a lock.",
        code=(checkout.check_out, request_reply.ask_all),
    ),
    recorded(
        PLACED,
        title="The order and its event are one transaction",
        says="`web` writes the order, its lines and a row of the outbox and commits them together: "
        "no order without its event, no event without its order.",
        code=(services.place_order,),
    ),
    *relayed_to_jetstream(PLACED),
    fetched(
        PLACED,
        "fulfilment",
        title="Fulfilment fetches it",
        says="From its own durable, at its own pace. From now on an acknowledgement is due within "
        "10 seconds; without one the event comes again.",
    ),
    recorded(
        CONFIRMED,
        title="The next event is recorded",
        says="In the same transaction that takes the stock: what follows from an event leaves by "
        "the outbox too.",
        code=(stock.reserve, services.confirm_order),
    ),
    handled(
        PLACED,
        "fulfilment",
        title="The stock is taken, the transaction is open",
        says="The inbox has entered the event's id in this transaction. Had it been there, the "
        "handler would not have been called: a repeat has no effect.",
        code=(fulfilment.reserve_stock,),
    ),
    committed(
        PLACED,
        "fulfilment",
        says="A crash at this moment brings the event again, and the inbox knows it.",
    ),
    acknowledged(
        PLACED,
        "fulfilment",
        title="Fulfilment acknowledges it",
        says="After the commit, never before: the other way round a crash would lose the event.",
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
        says="With the order placed, confirmed and counted, its way is over.",
    ),
)
CANCELLING = (
    recorded(
        CANCELLED,
        title="The cancellation and its event are one transaction",
        says="Under the lock of the order's row; cancelled again, the order answers the same and "
        "records nothing.",
        code=(services.cancel_order,),
    ),
    *relayed_to_jetstream(CANCELLED),
    fetched(
        CANCELLED,
        "fulfilment",
        title="Fulfilment fetches it",
        says="The events of one order are stored in their order; a retry may still be overtaken, "
        "so the handler asks the order's own state.",
    ),
    handled(
        CANCELLED,
        "fulfilment",
        title="The stock goes back",
        says="Once, however often the event comes: the reservation notes when it was released.",
        code=(fulfilment.release_stock, stock.release),
    ),
    acknowledged(
        CANCELLED, "fulfilment", title="Fulfilment acknowledges it", says="After the commit."
    ),
    acknowledged(
        CANCELLED,
        "sales",
        title="Sales has counted it",
        says="The day's figures go down by what the order was worth.",
    ),
    acknowledged(
        CANCELLED,
        "notification",
        title="A mail is due",
        says="One for each end of an order, so this order has a second one.",
    ),
)
