"""Does the work of the workers at the database as their role; each right is granted when needed.

For `manage.py shell`: `prepare` as the app, then `tell` as the workers' role, with `OWNER_URL` of
the tables' owner. So the rights that it ends with are those that the work needs.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.events.delivery import Delivery, deliver
from apps.messaging.handling import database
from apps.messaging.jobs import delivery as jobs
from apps.messaging.models import (
    DeadLetter,
    FailedDelivery,
    InboxEntry,
    OutboxMessage,
    WorkerInstance,
)
from apps.messaging.operations.expired_sessions import delete_expired_sessions
from apps.messaging.operations.pruning import prune
from apps.messaging.outbox.claims import claim
from apps.messaging.outbox.marks import MAX_TRIES, mark
from apps.messaging.outbox.rows import DestinationAway, Rejected, Sent
from apps.messaging.recovery import stream_losses
from apps.messaging.stream_check import StreamCheck
from apps.messaging.worker.heartbeat import Heartbeat
from apps.parcels import handlers, services
from apps.parcels.events import ParcelSent
from apps.parcels.jobs import QUEUE, print_label
from apps.parcels.models import Parcel
from apps.parcels.queries import state_of
from tests.deploy.rights_by_need import Giving, held
from tests.messaging.support.events import make_headers
from tests.messaging.support.jobs import make_received

ROLE = "shop_workers"
LONG_AGO = timedelta(days=365)
UNKNOWN = 10**6
"""The id of no parcel."""

type Step = Callable[[], object]


def prepare() -> None:
    """Make the rows for the workers: a parcel with its messages, and rows that are old enough."""
    services.send_parcel(address="1 Quay Lane")
    then = timezone.now() - LONG_AGO
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


def tell() -> None:
    """Write JSON: the rights that deploy/*.sql gives, and those that the work needs."""
    with psycopg.connect(os.environ["OWNER_URL"], autocommit=True) as owner:
        given = held(owner, ROLE)
        owner.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}".encode())
        with connection.execute_wrapper(Giving(owner, ROLE)):
            for step in steps(Parcel.objects.values_list("pk", flat=True)[0]):
                step()
        sys.stdout.write(json.dumps({"given": given, "needed": held(owner, ROLE)}))


def steps(parcel: int) -> Iterator[Step]:
    """Yield the work of each process of the role."""
    yield from _lives()
    yield from _consumes(parcel)
    yield from _works(parcel)
    yield from _relays()
    yield lambda: state_of(parcel)
    yield from _looks_after_rows()


def _lives() -> Iterator[Step]:
    heartbeat = Heartbeat("beat", last_step=time.monotonic, is_ready=lambda: True)
    yield heartbeat._write
    yield heartbeat._write
    yield lambda: heartbeat._rows().delete()
    yield database.takes_writes


def _consumes(parcel: int) -> Iterator[Step]:
    yield lambda: deliver(handlers.CONSUMER, _delivery(parcel))
    # A dead letter, and the same one when it comes again.
    unknown = _delivery(UNKNOWN)
    for _ in range(2):
        yield lambda: deliver(handlers.CONSUMER, unknown)
    failing = replace(handlers.CONSUMER, handlers={ParcelSent: _fail})
    yield lambda: deliver(failing, _delivery(parcel + 1))
    # What a handler records is a message of the same transaction.
    recording = replace(handlers.CONSUMER, handlers={ParcelSent: _record})
    yield lambda: deliver(recording, _delivery(parcel + 2))


def _delivery(parcel: int) -> Delivery:
    return Delivery(
        consumer=handlers.CONSUMER.durable,
        subject=ParcelSent.subject,
        headers=make_headers(id=str(uuid4()), type=ParcelSent.ce_type()),
        body=ParcelSent(id=parcel).to_json().encode(),
        stream=handlers.CONSUMER.stream.name,
        sequence=1,
        attempt=1,
    )


def _fail(_: ParcelSent) -> None:
    raise OSError("the disk is full")


def _record(event: ParcelSent) -> None:
    with transaction.atomic():
        outbox.record(event, key=str(event.id))


def _works(parcel: int) -> Iterator[Step]:
    yield lambda: jobs.deliver(QUEUE, print_label, make_received(body=f'{{"id": {parcel}}}'))
    yield lambda: jobs.deliver(QUEUE, print_label, make_received(body="nonsense"))


def _relays() -> Iterator[Step]:
    yield lambda: _relay(lambda: DestinationAway("no stream"))
    yield lambda: OutboxMessage.objects.update(not_before=None)
    for _ in range(MAX_TRIES):
        yield lambda: _relay(lambda: Rejected("never"))
    yield lambda: _relay(lambda: Sent(1))


def _relay(outcome: Callable[[], Any]) -> None:
    token, rows = claim("jetstream")
    mark("jetstream", token, rows, {row.id: outcome() for row in rows[:1]})


def _looks_after_rows() -> Iterator[Step]:
    yield prune
    yield delete_expired_sessions
    check = StreamCheck(stream="PARCELS")
    yield lambda: stream_losses._store(check)
    yield lambda: stream_losses._store(check)
