"""Rows locked for too long: the message is retried, and no failure is counted."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from apps.messaging.events.delivery import deliver as deliver_event
from apps.messaging.handling.database import LONGEST_BUSY, busy_delay
from apps.messaging.handling.verdicts import Retry, Verdict
from apps.messaging.jobs.delivery import deliver as deliver_job
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from tests.messaging.support.events import make_consumer, make_delivery
from tests.messaging.support.jobs import CUPS, make_received
from tests.support.processes import database_url

pytestmark = pytest.mark.django_db(transaction=True)

IMPATIENT = {"postgresql": "SET lock_timeout = '100ms'", "sqlite": "PRAGMA busy_timeout = 100"}
TABLE = InboxEntry._meta.db_table


@contextmanager
def held_by_another() -> Iterator[None]:
    """Lock the row that the inbox needs, in a transaction of another connection."""
    if connection.vendor == "postgresql":
        with psycopg.connect(database_url()) as other:
            other.execute(f'LOCK TABLE "{TABLE}" IN EXCLUSIVE MODE')
            yield
            other.rollback()
        return
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture(autouse=True)
def impatient() -> Iterator[None]:
    def hurry(**_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(IMPATIENT[connection.vendor])

    connection.close()
    connection_created.connect(hurry)
    yield
    connection_created.disconnect(hurry)
    connection.close()


def event() -> Verdict:
    return deliver_event(make_consumer(lambda _: None), make_delivery())


def job() -> Verdict:
    def touch(_: object) -> None:
        InboxEntry.objects.create(consumer="cups", message_id="1", key="")

    return deliver_job(CUPS, touch, make_received())


@pytest.mark.parametrize("deliver", [event, job])
def test_a_busy_row_is_retried_and_counts_no_failure(deliver: Callable[[], Verdict]) -> None:
    with held_by_another():
        assert isinstance(deliver(), Retry)
    assert not FailedDelivery.objects.exists()
    assert not DeadLetter.objects.exists()
    assert not isinstance(deliver(), Retry)


def test_the_busy_delay_doubles_up_to_a_limit() -> None:
    assert [busy_delay(attempt) for attempt in (1, 2, 3)] == [1, 2, 4]
    assert busy_delay(20) == LONGEST_BUSY
