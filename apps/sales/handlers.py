"""Durable events, the consuming side: every event of an order → the day's sales figures.

The durable hears all of `orders.>`, so it is also the one that buries what is no event of ours.
"""

from datetime import date
from decimal import Decimal

from apps.messaging.errors import MessageUnreadable
from apps.messaging.streams import Consumer
from apps.orders.errors import OrderNotFound
from apps.orders.events import (
    ORDERS,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderRejected,
)
from apps.orders.queries import day_placed
from apps.sales.services import count

_NOTHING = Decimal(0)


def add_placed(event: OrderPlaced) -> None:
    count(
        day=_day_of(event),
        currency=event.currency,
        counter="placed",
        units=event.units,
        revenue=event.total,
    )


def add_confirmed(event: OrderConfirmed) -> None:
    count(day=_day_of(event), currency=event.currency, counter="confirmed", revenue=_NOTHING)


def take_off_rejected(event: OrderRejected) -> None:
    count(
        day=_day_of(event),
        currency=event.currency,
        counter="rejected",
        units=-event.units,
        revenue=-event.total,
    )


def take_off_cancelled(event: OrderCancelled) -> None:
    count(
        day=_day_of(event),
        currency=event.currency,
        counter="cancelled",
        units=-event.units,
        revenue=-event.total,
    )


def _day_of(event: OrderEvent) -> date:
    try:
        return day_placed(event.id)
    except OrderNotFound as error:
        raise MessageUnreadable(str(error)) from error


CONSUMER = Consumer(
    durable="sales",
    stream=ORDERS,
    handlers={
        OrderPlaced: add_placed,
        OrderConfirmed: add_confirmed,
        OrderRejected: take_off_rejected,
        OrderCancelled: take_off_cancelled,
    },
    hears_all=True,
)
