"""Rows locked, a transaction idle, or a statement that took too long: what counts as a failure."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.db.backends.signals import connection_created
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.events import idle_attempts
from apps.messaging.events.delivery import MAX_FAILURES
from apps.messaging.events.delivery import deliver as deliver_event
from apps.messaging.handling.brake import Brake, Braked
from apps.messaging.handling.database import LONGEST_BUSY, busy_delay
from apps.messaging.handling.judging import FREE_BUSY_ATTEMPTS
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
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


def test_a_deadlock_that_never_ends_counts_as_a_failure() -> None:
    def meet_a_deadlock(_event: object) -> None:
        raise OperationalError from psycopg.errors.DeadlockDetected()

    consumer, delivery = make_consumer(meet_a_deadlock), make_delivery(attempt=FREE_BUSY_ATTEMPTS)
    assert deliver_event(consumer, delivery) == Retry(LONGEST_BUSY)
    verdict = deliver_event(consumer, replace(delivery, attempt=FREE_BUSY_ATTEMPTS + 1))
    assert isinstance(verdict, Retry)
    assert verdict.failure == "OperationalError"
    assert FailedDelivery.objects.count() == 1


@pytest.fixture
def ends_slow_statements() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite ends no slow statement")


def too_slow(_event: object) -> None:
    """Let this statement alone be ended: those of the delivery may take long on a busy machine."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '100ms'")
        cursor.execute("SELECT pg_sleep(60)")


@pytest.mark.usefixtures("ends_slow_statements")
def test_an_event_whose_statement_is_always_too_slow_is_dead_lettered(settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, events_for=3600.0)
    consumer, delivery = make_consumer(too_slow), make_delivery()
    for attempt in range(MAX_FAILURES + 1):
        assert isinstance(deliver_event(consumer, replace(delivery, attempt=attempt + 1)), Retry)
    FailedDelivery.objects.filter(pk=FailedDelivery.objects.earliest("id").pk).update(
        failed_at=timezone.now() - timedelta(seconds=3601)
    )
    assert isinstance(deliver_event(consumer, delivery), Reject)
    assert "statement timeout" in DeadLetter.objects.get().reason


@pytest.mark.usefixtures("ends_slow_statements")
def test_statements_that_are_too_slow_set_the_brake(settings: Settings) -> None:
    settings.RETRIES = replace(settings.RETRIES, pause_after=2)
    brake, consumer, numbers = Brake("drinker"), make_consumer(too_slow), count()

    def judge() -> None:
        brake.judged("teas.brewed", next(numbers), deliver_event(consumer, make_delivery()))

    judge()
    with pytest.raises(Braked, match="OperationalError"):
        judge()


@pytest.fixture
def ends_idle_transactions() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite ends no idle transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '3s'")


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
    assert allowed == ["3s", "7s"]


@pytest.mark.usefixtures("ends_idle_transactions")
def test_an_event_that_comes_again_for_another_reason_may_be_idle_as_briefly() -> None:
    """Another process was paused with it, or it was given back."""
    allowed: list[str] = []

    def brew(_event: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            allowed.extend(cursor.fetchone())
        raise ConnectionError("the kettle is cold")

    consumer, delivery = make_consumer(brew, longest_seconds=7), make_delivery()
    for attempt in (1, 2, 3):
        deliver_event(consumer, replace(delivery, attempt=attempt))
    assert allowed == ["3s"] * 3


def test_only_some_idle_attempts_are_remembered() -> None:
    idle = InternalError()
    idle.__cause__ = psycopg.errors.IdleInTransactionSessionTimeout()
    for number in range(idle_attempts.AT_MOST + 1):
        idle_attempts.note(str(number), idle)
    remembered = [idle_attempts.has_ended(number) for number in ("0", "1")]
    idle_attempts.note("1", ConnectionError())
    assert [*remembered, idle_attempts.has_ended("1")] == [False, True, False]


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
