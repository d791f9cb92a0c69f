"""Celery's tasks while the database accepts no writes: they wait, and none is at fault."""

from collections.abc import Iterator

import pytest
from celery import Task
from celery.exceptions import Retry, WorkerShutdown
from celery.worker import state
from django.db import InternalError

from apps.messaging.models import DeadLetter
from orders_site.celery import app, database_outage, task
from orders_site.celery.database_outage import written

READ_ONLY = InternalError("cannot execute INSERT in a read-only transaction")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """The answers of the database to `takes_writes`, in this order."""
    coming: list[bool] = []
    monkeypatch.setattr(database_outage, "ASK_EVERY_SECONDS", 0)
    for module in (database_outage, task):
        monkeypatch.setattr(module, "takes_writes", lambda: coming.pop(0))
        monkeypatch.setattr(module, "forget_connection", lambda: None)
    return coming


@pytest.fixture
def stopping() -> Iterator[None]:
    state.should_stop = 0  # type: ignore[assignment]
    yield
    state.should_stop = None


class Pen:
    """Fails to write this many times."""

    def __init__(self, dry: int) -> None:
        self.dry = dry
        self.tried = 0

    def __call__(self) -> None:
        self.tried += 1
        if self.tried <= self.dry:
            raise READ_ONLY


def test_a_write_waits_for_the_database(answers: list[bool]) -> None:
    pen = Pen(dry=2)
    answers += [False, False, True] * 2
    written(pen)
    assert (pen.tried, answers) == (3, [])


def test_an_error_of_a_working_database_is_no_outage(answers: list[bool]) -> None:
    answers += [True]
    with pytest.raises(InternalError):
        written(Pen(dry=1))


@pytest.mark.usefixtures("stopping")
def test_a_stopping_worker_stops_waiting(answers: list[bool]) -> None:
    answers += [False, False]
    with pytest.raises(WorkerShutdown):
        written(Pen(dry=1))


@app.task(shared=False, max_retries=0)
def pour() -> None:
    """Never comes to an end."""


@pytest.mark.parametrize(("well", "gives_up"), [(False, False), (True, True)])
def test_only_a_tasks_own_failures_count(
    answers: list[bool], monkeypatch: pytest.MonkeyPatch, well: bool, gives_up: bool
) -> None:
    answers += [True] if well else [False, False, True]
    monkeypatch.setattr("celery.app.task.Task.signature_from_request", lambda *_, **__: Sent())
    pour.push_request(called_directly=False, id="1", retries=0, is_eager=False)
    try:
        with pytest.raises(InternalError if gives_up else Retry):
            pour.retry(exc=READ_ONLY)
    finally:
        pour.pop_request()
    assert answers == []


@app.task(shared=False, autoretry_for=(ConnectionError,), max_retries=3, default_retry_delay=0)
def stir(cup: str) -> None:
    """Ends in an error each time, for the first cup in one of the database."""
    STIRRED.append(cup)
    if cup == "during the outage" and STIRRED.count(cup) == 1:
        raise READ_ONLY
    raise ConnectionError


STIRRED: list[str] = []


@pytest.mark.django_db
def test_an_outage_takes_no_retry_of_a_later_message(answers: list[bool]) -> None:
    """Celery keeps the `max_retries` of one retry for all messages of the task that come later."""
    STIRRED.clear()
    for cup in ("during the outage", "after it"):
        answers[:] = [False, False, True]
        with pytest.raises(ConnectionError):
            stir.apply(args=(cup,)).get()
    assert STIRRED.count("after it") == 1 + 3
    assert [letter.attempts for letter in DeadLetter.objects.order_by("id")] == [4, 4]


def test_an_outage_takes_no_retry_of_its_own_message(
    answers: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def note(self: Task, *_: object, retries: int, **__: object) -> Sent:
        sent.append(retries)
        return Sent()

    answers += [False, False, True]
    monkeypatch.setattr("celery.app.task.Task.signature_from_request", note)
    stir.push_request(called_directly=False, id="1", retries=2, is_eager=False)
    try:
        with pytest.raises(Retry):
            stir.retry(exc=READ_ONLY)
        assert (sent, stir.request.retries) == ([2], 2)
    finally:
        stir.pop_request()


class Sent:
    """Stands for the task that comes again."""

    def apply_async(self) -> None:
        """Go nowhere."""
