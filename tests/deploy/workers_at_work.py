"""Does the work of the workers at the database as their role; each right is granted when needed.

For `manage.py shell`: `prepare` as the app, then `tell` as the workers' role, with `OWNER_URL` of
the tables' owner. So the rights that it ends with are those that the work needs.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.fulfilment import handlers as fulfilment
from apps.fulfilment.services import reserve
from apps.images.jobs import QUEUE
from apps.images.models import Photo
from apps.images.tasks import reconcile as reconcile_photos
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.events.streams import Consumer
from apps.messaging.handling import database
from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)
from apps.messaging.outbox.claims import claim
from apps.messaging.outbox.marks import MAX_TRIES, mark
from apps.messaging.outbox.rows import DestinationAway, Rejected, Sent
from apps.messaging.recovery import collector, stream_losses
from apps.messaging.stream_check import StreamCheck
from apps.messaging.tasks import clean_up as forget_messages
from apps.messaging.worker.heartbeat import Heartbeat
from apps.notifications import handlers as notifications
from apps.notifications.models import Mail
from apps.notifications.tasks import clean_up as forget_mails
from apps.notifications.tasks import reconcile as reconcile_mails
from apps.orders.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced
from apps.orders.models import CartItem, IdempotencyKey, Order, VisitorsOrder
from apps.orders.tasks import clean_up as forget_orders
from apps.pricing.responders import catalogue_prices
from apps.sales import handlers as sales
from apps.sales.tasks import report_sales
from orders_site.celery import app
from orders_site.celery.dead_letters import bury as bury_task
from orders_site.celery.dead_letters import given_up
from tests.catalog.products import make_product
from tests.deploy.rights_by_need import Giving, held
from tests.images.drawn import make_photo
from tests.messaging.support.jobs import make_received
from tests.orders.factories import cancel, event_of, foreign_delivery, make_order, priced

ROLE = "shop_workers"
SKU, EMAIL = "WORK", "at.work@example.com"
LONG_AGO = timedelta(days=365)


def prepare() -> None:
    """Make the rows for the workers: orders of each state, and rows that are old enough."""
    make_product(SKU)
    _order(quantity=1)
    _order(quantity=1000)
    reserved = _order(quantity=1)
    reserve([event_of(OrderPlaced, reserved)])
    cancel(reserved)
    make_photo(sku=SKU)
    then = timezone.now() - LONG_AGO
    Photo.objects.filter(sku=SKU).update(asked_at=then)
    old = {"message_id": "old", "consumer": "drinker"}
    OutboxMessage.objects.create(
        message_id=uuid4(), transport="jetstream", destination="teas.brewed", sent_at=then
    )
    InboxEntry.objects.create(**old, handled_at=then)
    FailedDelivery.objects.create(**old, error="", traceback="", failed_at=then)
    DeadLetter.objects.create(**old, transport="sqs", body="", state="dropped", died_at=then)
    seen = {"started_at": then, "last_step_at": then, "seen_at": then}
    WorkerInstance.objects.create(name="beat", instance="old", pid=1, is_ready=True, **seen)
    Session.objects.create(session_key="old", session_data="", expire_date=then)
    CartItem.objects.create(cart=uuid4(), sku="ABC", quantity=1, changed_at=then)
    VisitorsOrder.objects.create(visitor=uuid4(), order=reserved, remembered_at=then)
    IdempotencyKey.objects.create(key="old", body_hash="", order=reserved, created_at=then)
    mail = {"order": reserved, "to": "a@example.com", "subject": "", "body": ""}
    Mail.objects.create(**mail, kind="rejected", state=Mail.State.SENT, sent_at=then)


def _order(*, quantity: int) -> Order:
    return make_order(priced(SKU, quantity=quantity), email=EMAIL)


def tell() -> None:
    """Write JSON: the rights that deploy/*.sql gives, and those that the work needs."""
    app.conf.task_always_eager = True
    with psycopg.connect(os.environ["OWNER_URL"], autocommit=True) as owner:
        given = held(owner, ROLE)
        owner.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}".encode())
        with connection.execute_wrapper(Giving(owner, ROLE)):
            for step in steps():
                step()
        sys.stdout.write(json.dumps({"given": given, "needed": held(owner, ROLE)}))


type Step = Callable[[], object]


def steps() -> Iterator[Step]:
    """Yield the work of each process of the role."""
    yield from _lives()
    yield from _consumes()
    yield from _relays()
    yield from _collects()
    yield catalogue_prices
    yield from _does_tasks()


def _lives() -> Iterator[Step]:
    heartbeat = Heartbeat("beat", last_step=time.monotonic, is_ready=lambda: True)
    yield heartbeat._write
    yield heartbeat._write
    yield lambda: heartbeat._rows().delete()
    yield database.takes_writes
    if apps.is_installed("apps.lab"):
        yield import_string("apps.lab.faults.fault_cache.FAULT_CACHE").read


def _consumes() -> Iterator[Step]:
    small, large, reserved = Order.objects.filter(email=EMAIL).order_by("placed_at")
    for order in (small, large):
        yield partial(_hear, fulfilment.CONSUMER, OrderPlaced, order)
    yield lambda: _hear(fulfilment.CONSUMER, OrderCancelled, reserved)
    yield lambda: _hear(notifications.CONSUMER, OrderConfirmed, small)
    for event in (OrderPlaced, OrderConfirmed):
        yield partial(_hear, sales.CONSUMER, event, small)
    # It is not cancelled: a dead letter, and the same one when it comes again.
    contradicted = _delivery(fulfilment.CONSUMER, OrderCancelled, small)
    yield lambda: deliver(fulfilment.CONSUMER, contradicted)
    yield lambda: deliver(fulfilment.CONSUMER, contradicted)


def _hear(consumer: Consumer, event: type[OrderEvent], order: Order) -> None:
    deliver(consumer, _delivery(consumer, event, order))


def _delivery(consumer: Consumer, event: type[OrderEvent], order: Order) -> Delivery:
    more = {"reason": order.reason} if "reason" in event.model_fields else {}
    return foreign_delivery(event_of(event, order, **more), consumer)


def _relays() -> Iterator[Step]:
    yield lambda: _relay(lambda: DestinationAway("no stream"))
    yield lambda: OutboxMessage.objects.update(not_before=None)
    for _ in range(MAX_TRIES):
        yield lambda: _relay(lambda: Rejected("never"))
    yield lambda: _relay(lambda: Sent(1))


def _relay(outcome: Callable[[], Any]) -> None:
    token, rows = claim("jetstream")
    mark("jetstream", token, rows, {row.id: outcome() for row in rows[:1]})


def _collects() -> Iterator[Step]:
    job = make_received(body=json.dumps({"task": "resize", "id": Photo.objects.get(sku=SKU).pk}))
    yield lambda: collector._bury_job(QUEUE, job)
    task = given_up(id="1", body="", headers={})
    yield lambda: bury_task(task, reason="")


def _does_tasks() -> Iterator[Step]:
    photo = Photo.objects.filter(sku=SKU)
    yield lambda: photo.update(status=Photo.Status.WAITING)
    yield from (reconcile_photos, reconcile_mails, report_sales)
    yield from (forget_messages, forget_orders, forget_mails)
    check = StreamCheck(stream="ORDERS")
    yield lambda: stream_losses._store(check)
    yield lambda: stream_losses._store(check)
