"""Rows whose destination accepts nothing: they are held, and all other rows pass them."""

import asyncio
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.messaging import outbox
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.outbox import holds, relay
from apps.messaging.outbox.claims import BATCH, LEASE, PROBES, claim
from apps.messaging.outbox.holds import ALONE_FOR, LONGEST_HOLD, held_by_destination
from apps.messaging.outbox.marks import mark
from apps.messaging.outbox.rows import Claimed, DestinationAway, Outcome, Sent
from apps.messaging.worker.lifecycle import Worker
from apps.messaging.worker.threads import in_thread
from tests.messaging.support.events import TeaBrewed

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = DestinationAway("no stream takes this subject")


class CoffeeBrewed(TeaBrewed):
    subject = "coffees.brewed"


def record(event: TeaBrewed, count: int = 1, *, key: str = "") -> None:
    with transaction.atomic():
        for number in range(count):
            outbox.record(event, key=key or f"{event.subject}-{event.cups}-{number}")


def tea(count: int = 1, *, cups: int = 1) -> None:
    record(TeaBrewed(cups=cups), count)


def coffee(count: int = 1) -> None:
    record(CoffeeBrewed(cups=1), count)


def relay_where_no_coffee_is_taken() -> list[Claimed]:
    token, rows = claim("jetstream")
    is_coffee = {row.id: row.destination == CoffeeBrewed.subject for row in rows}
    mark("jetstream", token, rows, {id: AWAY if no else Sent(id) for id, no in is_coffee.items()})
    return rows


def rows_of(event: type[TeaBrewed]) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(destination=event.subject).order_by("id"))


def make_older(**ages: timedelta) -> None:
    now = timezone.now()
    coffees = OutboxMessage.objects.filter(destination=CoffeeBrewed.subject, sent_at=None)
    coffees.update(**{name: now - age for name, age in ages.items()})


def test_held_rows_of_an_unbound_subject_block_no_later_rows() -> None:
    coffee(BATCH)
    tea(5)
    relay_where_no_coffee_is_taken()
    make_older(not_before=-LONGEST_HOLD)  # Not over, however slow this machine is.
    assert {row.destination for row in relay_where_no_coffee_is_taken()} == {TeaBrewed.subject}
    assert all(row.sent_at for row in rows_of(TeaBrewed))


def test_held_rows_that_are_due_leave_room_for_others() -> None:
    coffee(BATCH)
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(seconds=1))
    tea(BATCH)
    claimed = [row.destination for row in relay_where_no_coffee_is_taken()]
    assert claimed.count(TeaBrewed.subject) == BATCH
    assert claimed.count(CoffeeBrewed.subject) == PROBES


def test_a_wake_up_is_for_new_rows_and_the_next_claim_for_held_ones() -> None:
    coffee()
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(seconds=1))
    tea()
    woken, after = claim("jetstream", is_woken=True), claim("jetstream")
    assert [row.destination for row in woken.rows] == [TeaBrewed.subject]
    assert [row.destination for row in after.rows] == [CoffeeBrewed.subject]


def test_wake_ups_without_end_do_not_keep_held_rows_waiting() -> None:
    """All new rows are of a destination that is away, so that the relay never sends one."""
    tea()
    worker, wakeups = Worker("outbox_relay"), {"jetstream": asyncio.Event()}
    claimed: list[set[str]] = []

    def meanwhile() -> None:
        if len(claimed) == 1:
            coffee()
            make_older(not_before=timedelta(seconds=1), postponed_since=timedelta(seconds=1))
        tea(cups=len(claimed) + 1)

    async def publish(rows: list[Claimed]) -> dict[int, Outcome]:
        claimed.append({row.destination for row in rows})
        await in_thread(meanwhile)
        wakeups["jetstream"].set()
        if len(claimed) == 3:
            worker.stop()
        return {row.id: AWAY for row in rows}

    asyncio.run(relay._relay("jetstream", publish, worker, wakeups))
    assert claimed[:2] == [{TeaBrewed.subject}] * 2
    assert CoffeeBrewed.subject in claimed[2]


def test_a_recovered_destination_is_found_among_many_held_rows() -> None:
    coffee(2 * PROBES)
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(hours=1))
    tea()
    OutboxMessage.objects.filter(destination=TeaBrewed.subject).update(
        not_before=Now(), postponed_since=Now()
    )
    assert TeaBrewed.subject in {row.destination for row in claim("jetstream")[1]}


def test_a_held_row_is_retried_after_a_quarter_of_its_age() -> None:
    coffee()
    for waited, pause in [(0, 0.5), (12, 3), (3600, LONGEST_HOLD.total_seconds())]:
        # SQLite's clock has milliseconds: what is due at this moment is not due to it yet.
        due = timedelta(milliseconds=2)
        make_older(not_before=due, postponed_since=timedelta(seconds=waited))
        before = timezone.now()
        relay_where_no_coffee_is_taken()
        after = timezone.now()
        (row,) = rows_of(CoffeeBrewed)
        assert row.not_before is not None
        # The row is a little older at that time.
        least, most = before + timedelta(seconds=pause), after + timedelta(seconds=pause)
        assert least <= row.not_before <= most + (after - before)


def test_a_sent_row_releases_the_held_rows_of_its_destination() -> None:
    coffee(3)
    relay_where_no_coffee_is_taken()
    coffee_again = CoffeeBrewed(cups=2)
    record(coffee_again)
    token, rows = claim("jetstream")
    mark("jetstream", token, rows, {row.id: Sent(row.id) for row in rows})
    assert len(claim("jetstream")[1]) == 3


def test_released_rows_are_claimed_in_whole_batches() -> None:
    coffee(5 * PROBES)
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(seconds=1), postponed_since=timedelta(seconds=1))
    sizes = []
    while (batch := claim("jetstream")).rows:
        sizes.append(len(batch.rows))
        mark("jetstream", *batch, {row.id: Sent(row.id) for row in batch.rows})
    assert sizes == [PROBES, 4 * PROBES]


def test_a_released_row_that_fails_again_has_waited_since_its_first_failure() -> None:
    coffee()
    relay_where_no_coffee_is_taken()
    make_older(postponed_since=timedelta(minutes=5))
    holds.release("jetstream", [CoffeeBrewed.subject])
    (row,) = claim("jetstream").rows
    assert row.waited is not None
    assert row.waited >= timedelta(minutes=5)


def test_a_younger_message_of_a_held_key_waits_too() -> None:
    record(CoffeeBrewed(cups=1), key="pot")
    relay_where_no_coffee_is_taken()
    record(TeaBrewed(cups=1), key="pot")
    assert claim("jetstream") == ("", [])


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400)])
def test_a_lease_of_a_wrong_clock_holds_no_row(ahead: timedelta) -> None:
    tea(2)
    first, second = rows_of(TeaBrewed)
    OutboxMessage.objects.filter(pk=first.pk).update(lease_until=timezone.now() + ahead)
    OutboxMessage.objects.filter(pk=second.pk).update(not_before=timezone.now() + ahead)
    assert len(claim("jetstream")[1]) == 2


def test_a_lease_is_measured_by_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    tea()
    monkeypatch.setattr(timezone, "now", lambda: rows_of(TeaBrewed)[0].recorded_at - LEASE)
    claim("jetstream")
    assert claim("jetstream") == ("", [])


def pass_by(*ages: timedelta) -> None:
    """Insert rows of the coffees' destination that were sent these times ago."""
    for cups, age in enumerate(ages):
        record(CoffeeBrewed(cups=7 + cups))
        passed = rows_of(CoffeeBrewed)[-1]
        OutboxMessage.objects.filter(pk=passed.pk).update(sent_at=timezone.now() - age)


def wait_for_long() -> None:
    coffee()
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(seconds=1), postponed_since=2 * ALONE_FOR)


def test_a_row_that_alone_waits_for_minutes_is_dead_lettered() -> None:
    wait_for_long()
    pass_by(ALONE_FOR + timedelta(minutes=1), timedelta(seconds=5))
    relay_where_no_coffee_is_taken()
    assert DeadLetter.objects.get().reason == AWAY.error
    assert rows_of(CoffeeBrewed)[0].dead_at is not None


def test_rows_that_are_sent_in_their_order_make_no_dead_letter() -> None:
    """A full stream that deletes a message now and then takes the oldest rows of a backlog."""
    coffee()
    pass_by(ALONE_FOR + timedelta(minutes=1), timedelta(seconds=5))
    waiting = rows_of(CoffeeBrewed)[0]
    youngest = max(row.pk for row in rows_of(CoffeeBrewed))
    OutboxMessage.objects.filter(pk=waiting.pk).update(id=youngest + 1)
    relay_where_no_coffee_is_taken()
    make_older(not_before=timedelta(seconds=1), postponed_since=2 * ALONE_FOR)
    relay_where_no_coffee_is_taken()
    assert not DeadLetter.objects.exists()


def test_a_row_that_alone_fails_waits_while_others_are_sent() -> None:
    """Else it would be in each claim, before all others."""
    coffee(3)
    token, rows = claim("jetstream")
    alone = rows[0].id
    mark("jetstream", token, rows, {row.id: Sent(row.id) for row in rows} | {alone: AWAY})
    (held,) = OutboxMessage.objects.filter(sent_at=None)
    assert (held.pk, held.not_before is not None) == (alone, True)


@pytest.mark.parametrize(
    "ages",
    [[], [timedelta(seconds=5)], [ALONE_FOR + timedelta(minutes=1)], [3 * ALONE_FOR]],
    ids=["nothing passes", "only now", "not any more", "only before"],
)
def test_an_absent_destination_makes_no_dead_letters(ages: list[timedelta]) -> None:
    wait_for_long()
    pass_by(*ages)
    relay_where_no_coffee_is_taken()
    assert not DeadLetter.objects.exists()


def test_a_destination_is_away_by_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that is an hour slow, what was sent half an hour ago was sent lately."""
    wait_for_long()
    pass_by(timedelta(minutes=75), timedelta(minutes=30))
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(hours=1))
    relay_where_no_coffee_is_taken()
    assert not DeadLetter.objects.exists()


def test_held_rows_are_counted_by_destination() -> None:
    coffee(3)
    tea()
    relay_where_no_coffee_is_taken()
    (held,) = held_by_destination()
    assert (held["transport"], held["destination"], held["rows"]) == (
        "jetstream",
        "coffees.brewed",
        3,
    )
    assert 0 <= held["oldest_age"] < 30


def test_held_rows_are_released_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holds, "RELEASED_AT_ONCE", 2)
    coffee(3)
    relay_where_no_coffee_is_taken()
    make_older(not_before=-LONGEST_HOLD)  # Not over, however slow this machine is.
    holds.release("jetstream", [CoffeeBrewed.subject])
    assert len(claim("jetstream")[1]) == 2
