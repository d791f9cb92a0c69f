import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import F

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.delivery import (
    FIRST_DELAY_SECONDS,
    LONGEST_DELAY,
    MAX_FAILURES,
    Delivery,
    deliver,
)
from apps.messaging.handling import attempts
from apps.messaging.handling.attempts import CRASHED
from apps.messaging.handling.database import DatabaseAway, takes_writes
from apps.messaging.handling.judging import retry_delay
from apps.messaging.handling.verdicts import Ack, Reject, Retry
from apps.messaging.message import REDRIVE_FOR, REDRIVE_OF, SOURCE
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, FailedDelivery, InboxEntry
from apps.messaging.names import PREFIX
from apps.messaging.recovery.redrive import redrive
from apps.messaging.worker.time_limits import at_work
from tests.messaging.support.events import TeaBrewed, make_consumer, make_delivery, make_headers
from tests.support.logged import logged_by

pytestmark = pytest.mark.django_db(transaction=True)


def fail(_event: TeaBrewed) -> None:
    raise RuntimeError("the kettle is cold")


def test_a_handled_event_is_acknowledged_and_in_the_inbox() -> None:
    received: list[TeaBrewed] = []
    assert isinstance(deliver(make_consumer(received.append), make_delivery()), Ack)
    assert received == [TeaBrewed(cups=3)]
    assert InboxEntry.objects.get().key == "pot-1"


def test_commit_hooks_of_a_handler_have_its_time_limit() -> None:
    limited: list[str] = []

    def brew(_event: TeaBrewed) -> None:
        transaction.on_commit(lambda: limited.extend(work.what for work in at_work()))

    deliver(make_consumer(brew), make_delivery())
    assert limited == ["teas.brewed"]
    assert at_work() == []


def test_a_redelivered_event_is_acknowledged_without_the_handler() -> None:
    received: list[TeaBrewed] = []
    delivery = make_delivery()
    for _ in range(2):
        assert isinstance(deliver(make_consumer(received.append), delivery), Ack)
    assert len(received) == 1


def brewed(cups: int, *, source: str) -> Delivery:
    headers = make_headers(id="42", source=source)
    return make_delivery(headers=headers, body=b'{"cups": %d}' % cups)


@pytest.mark.parametrize("sources", [(SOURCE, "/till"), ("/till", SOURCE), ("/till", "/bar", "")])
def test_events_of_several_sources_with_one_id_are_all_handled(sources: tuple[str, ...]) -> None:
    received: list[TeaBrewed] = []
    consumer = make_consumer(received.append)
    for _ in range(2):
        for cups, source in enumerate(sources):
            deliver(consumer, brewed(cups, source=source))
    assert [event.cups for event in received] == list(range(len(sources)))


def test_a_foreign_event_with_a_known_id_becomes_a_dead_letter() -> None:
    def reject(event: TeaBrewed) -> None:
        if event.cups > 3:
            raise MessageUnreadable("the pot holds three cups")

    assert isinstance(deliver(make_consumer(reject), brewed(3, source=SOURCE)), Ack)
    assert isinstance(deliver(make_consumer(reject), brewed(4, source="/till")), Reject)
    assert DeadLetter.objects.get().headers["ce-source"] == "/till"


def test_an_event_that_an_older_process_has_handled_is_skipped() -> None:
    """Version 0007 of the tables: an entry has the event's id alone."""
    InboxEntry.objects.create(consumer="drinker", message_id="42")
    received: list[TeaBrewed] = []
    assert isinstance(deliver(make_consumer(received.append), brewed(3, source=SOURCE)), Ack)
    assert received == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"headers": {}}, "no envelope"),
        ({"body": b"no json"}, "not a TeaBrewed"),
        ({"body": b'{"id": 42, "total": 19.99}'}, "cups"),
        ({"subject": "teas.spilt"}, "teas.spilt"),
        ({"headers": make_headers(type=f"{PREFIX}.teas.spilt.v1")}, "teas.spilt.v1"),
        ({"headers": make_headers(type=f"other{PREFIX}.teas.brewed.v1")}, "is not"),
    ],
)
def test_an_unreadable_message_is_dead_lettered_with_the_reason(
    changes: dict[str, object], reason: str
) -> None:
    verdict = deliver(make_consumer(fail), make_delivery(**changes))
    assert isinstance(verdict, Reject)
    assert reason in DeadLetter.objects.get().reason


def test_an_event_of_an_unknown_version_waits_for_its_reader() -> None:
    """A writer was replaced before its readers; the new reader has the event's next version."""
    v2 = make_delivery(headers=make_headers(type=f"{PREFIX}.teas.brewed.v2"))
    verdict = deliver(make_consumer(fail), v2)
    assert isinstance(verdict, Retry)
    assert verdict.failure == "UnknownVersion"
    assert not DeadLetter.objects.exists()


def test_a_handler_can_reject_a_message_as_unreadable() -> None:
    def reject(_event: TeaBrewed) -> None:
        raise MessageUnreadable("no such pot")

    assert isinstance(deliver(make_consumer(reject), make_delivery()), Reject)
    assert DeadLetter.objects.get().reason == "no such pot"


def test_a_message_without_an_id_is_identified_by_its_stream_sequence() -> None:
    deliver(make_consumer(fail), make_delivery(headers={}))
    assert DeadLetter.objects.get().message_id == "TEAS:7"


def test_bytes_that_a_database_rejects_are_stored_escaped() -> None:
    deliver(make_consumer(fail), make_delivery(body=b"\x00\xff", headers={"x": "\x00"}))
    assert DeadLetter.objects.get().body == "\\x00\\xff"


def test_a_failed_handler_is_tried_again_later(caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(deliver(make_consumer(fail), make_delivery(attempt=7)), Retry)
    assert "the kettle is cold" in FailedDelivery.objects.get().error
    said = logged_by("apps.messaging.handling.judging", caplog)[-1]
    assert said.__dict__["failures"] == 1  # However often it was delivered.


def test_the_sixth_failure_makes_a_dead_letter_with_its_traceback() -> None:
    delivery = make_delivery()
    verdicts = [deliver(make_consumer(fail), delivery) for _ in range(MAX_FAILURES)]
    letter = DeadLetter.objects.get()
    assert [type(each) for each in verdicts] == [Retry] * 5 + [Reject]
    assert letter.attempts == MAX_FAILURES
    assert "in fail" in letter.traceback


def test_a_failure_leaves_no_inbox_entry_for_the_next_attempt() -> None:
    delivery = make_delivery()
    deliver(make_consumer(fail), delivery)
    received: list[TeaBrewed] = []
    deliver(make_consumer(received.append), delivery)
    assert len(received) == 1


def test_a_redriven_event_is_handled_by_its_consumer_only() -> None:
    received: list[TeaBrewed] = []
    for other in ("counter", "drinker"):
        delivery = make_delivery(headers=make_headers() | {REDRIVE_FOR: other})
        assert isinstance(deliver(make_consumer(received.append), delivery), Ack)
    assert len(received) == 1


def test_another_consumer_does_not_parse_a_redriven_message() -> None:
    headers = {REDRIVE_FOR: "counter"}
    verdict = deliver(make_consumer(fail), make_delivery(headers=headers, body=b"no json"))
    assert isinstance(verdict, Ack)
    assert not DeadLetter.objects.exists()


def test_a_redriven_event_has_six_attempts_again() -> None:
    delivery = make_delivery()
    for life in (1, 2):
        verdicts = [deliver(make_consumer(fail), delivery) for _ in range(MAX_FAILURES)]
        assert [type(each) for each in verdicts] == [Retry] * 5 + [Reject]
        letter = DeadLetter.objects.get()
        assert (letter.state, letter.attempts) == ("dead", life * MAX_FAILURES)
        # To SQLite's clock the last failure may be of the same millisecond.
        FailedDelivery.objects.update(failed_at=F("failed_at") - timedelta(hours=1))
        redrive(id=letter.pk)
        DeadLetter.objects.update(redriven_at=F("redriven_at") - timedelta(seconds=1))
    assert FailedDelivery.objects.count() == 2 * MAX_FAILURES


def test_a_redriven_foreign_message_becomes_the_same_dead_letter() -> None:
    foreign = make_delivery(headers={}, body=b"no json")
    deliver(make_consumer(fail), foreign)
    redrive(id=DeadLetter.objects.get().pk)
    headers = {REDRIVE_FOR: "drinker", REDRIVE_OF: "TEAS:7"}
    deliver(make_consumer(fail), replace(foreign, headers=headers, sequence=9))
    letter = DeadLetter.objects.get()
    assert (letter.message_id, letter.state, letter.attempts) == ("TEAS:7", "dead", 2)


def test_a_finished_redelivery_leaves_no_crash_marker() -> None:
    deliver(make_consumer(print), make_delivery(attempt=2))
    assert not FailedDelivery.objects.exists()


def test_a_redelivery_that_crashes_the_process_is_recorded() -> None:
    def power_cut(_event: TeaBrewed) -> None:
        # What another process sees while this one crashes, or afterwards.
        assert FailedDelivery.objects.get().error == CRASHED

    assert isinstance(deliver(make_consumer(power_cut), make_delivery(attempt=2)), Ack)


def test_a_handler_that_exits_its_process_each_time_makes_a_dead_letter() -> None:
    def leave(_event: TeaBrewed) -> None:
        sys.exit("as a library may do")

    delivery = make_delivery()
    for attempt in range(1, MAX_FAILURES + 2):
        with pytest.raises(SystemExit):
            deliver(make_consumer(leave), replace(delivery, attempt=attempt))
    assert attempts.crash_markers() == []
    again = replace(delivery, attempt=MAX_FAILURES + 2)
    assert isinstance(deliver(make_consumer(leave), again), Reject)
    assert DeadLetter.objects.get().reason == CRASHED


@pytest.mark.parametrize("error", [OperationalError, InternalError, ProgrammingError])
def test_a_database_outage_is_not_counted_against_the_message(error: type[Exception]) -> None:
    def lose_the_database(_event: TeaBrewed) -> None:
        raise error("cannot execute INSERT in a read-only transaction")

    away = patch.object(FailedDelivery.objects, "create", side_effect=error("read-only"))
    with away, pytest.raises(DatabaseAway):
        deliver(make_consumer(lose_the_database), make_delivery())
    assert not DeadLetter.objects.exists()


def deny_writes(execute: Any, sql: str, *rest: Any) -> Any:
    """As PostgreSQL does after a failover to a read-only server."""
    if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
        raise InternalError("cannot execute in a read-only transaction")
    return execute(sql, *rest)


def fill_the_database() -> None:
    """Insert large records until none fits, then small ones."""
    for size in (64 * 1024, 1024):
        with pytest.raises(OperationalError, match="full"):
            record_again_and_again(RuntimeError("x" * size))


def record_again_and_again(error: RuntimeError) -> None:
    while True:
        attempts.record(MessageAt("filler", "1"), error)


def test_a_full_sqlite_database_stays_away_until_it_has_space() -> None:
    if connection.vendor != "sqlite":
        return
    attempts.record(MessageAt("small", "1"), RuntimeError("x" * 1024))
    with connection.cursor() as cursor:
        most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
        cursor.execute("PRAGMA max_page_count = 1")  # SQLite uses the current size as the minimum.
        try:
            fill_the_database()
            # Space for a small row, but not for work.
            assert FailedDelivery.objects.filter(consumer="small").delete()[0] == 1
            assert not takes_writes()
        finally:
            cursor.execute(f"PRAGMA max_page_count = {most}")
    assert takes_writes()


def test_a_database_outage_in_a_redelivery_is_not_a_worker_crash() -> None:
    delivery = make_delivery(attempt=2)
    for _ in range(MAX_FAILURES + 1):
        with ExitStack() as until_back:

            def lose_it(_event: TeaBrewed, stack: ExitStack = until_back) -> None:
                stack.enter_context(connection.execute_wrapper(deny_writes))
                raise RuntimeError("the kettle is cold")

            with pytest.raises(DatabaseAway):
                deliver(make_consumer(lose_it), delivery)
        assert takes_writes()
    assert not FailedDelivery.objects.exists()
    assert isinstance(deliver(make_consumer(print), delivery), Ack)


def test_ordinary_failures_are_not_counted_as_worker_crashes() -> None:
    delivery = make_delivery()
    for _ in range(MAX_FAILURES - 1):
        deliver(make_consumer(fail), delivery)
    with attempts.crash_marked(MessageAt("drinker", delivery.message_id)):
        assert isinstance(deliver(make_consumer(print), replace(delivery, attempt=9)), Ack)


def test_delays_grow_to_two_minutes() -> None:
    delay = partial(retry_delay, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY.total_seconds())
    assert 0.8 <= delay(1) <= 1.2
    assert 6.4 <= delay(4) <= 9.6
    assert 96 <= delay(50) <= 144
