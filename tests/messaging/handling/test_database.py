"""Rows locked, or a transaction idle, for too long: it is retried, and no failure is counted."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import psycopg
import pytest
from django.db import connection, transaction
from django.db.backends.signals import connection_created

from apps.messaging.events.delivery import deliver as deliver_event
from apps.messaging.handling.database import LONGEST_BUSY, busy_delay
from apps.messaging.handling.verdicts import Ack, Retry, Verdict
from apps.messaging.jobs.delivery import deliver as deliver_job
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from tests.messaging.support.events import make_consumer, make_delivery
from tests.messaging.support.jobs import CUPS, make_received
from tests.support.processes import database_url
from tests.support.waiting import eventually

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


@pytest.fixture
def ends_idle_transactions() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite ends no idle transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")


def idle_until_it_is_ended() -> None:
    """Leave the own transaction alone until PostgreSQL has ended its session, then continue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(database_url(), autocommit=True) as other:
        alive = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        eventually(lambda: other.execute(alive, [pid]).fetchone() is None)
    InboxEntry.objects.count()


@pytest.mark.usefixtures("ends_idle_transactions")
def test_an_idle_handler_is_tried_again_with_all_of_its_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    allowed: list[str] = []

    def brew(_event: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            allowed.extend(cursor.fetchone())
        if len(allowed) == 1:
            idle_until_it_is_ended()

    consumer, delivery = make_consumer(brew, longest_seconds=7), make_delivery()
    assert isinstance(deliver_event(consumer, delivery), Retry)
    assert not FailedDelivery.objects.exists()
    assert "transaction was idle for too long, will try again" in caplog.text
    assert isinstance(deliver_event(consumer, replace(delivery, attempt=2)), Ack)
    assert allowed == ["100ms", "7s"]


@pytest.mark.usefixtures("ends_idle_transactions")
def test_an_idle_transaction_of_a_job_counts_no_failure() -> None:
    def wash(_job: object) -> None:
        with transaction.atomic():
            idle_until_it_is_ended()

    assert isinstance(deliver_job(CUPS, wash, make_received()), Retry)
    assert not FailedDelivery.objects.exists()


def test_the_busy_delay_doubles_up_to_a_limit() -> None:
    assert [busy_delay(attempt) for attempt in (1, 2, 3)] == [1, 2, 4]
    assert busy_delay(20) == LONGEST_BUSY
