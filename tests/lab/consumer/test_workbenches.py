"""Workbenches: one for each visitor, few in all, removed when they are unused."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from apps.lab.consumer import events, jobs, workbenches
from apps.lab.consumer.workbenches import NUMBERS, NoneFree, open_for
from apps.lab.models import Workbench
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def make_unused(bench: Workbench) -> None:
    long_ago = timezone.now() - workbenches.UNUSED_FOR * 1.1
    Workbench.objects.filter(pk=bench.pk).update(used_at=long_ago)


def test_a_visitor_has_one(no_sweeper: None) -> None:
    visitor = uuid.uuid4()
    assert open_for(visitor) == open_for(visitor)
    assert workbenches.of_visitor(uuid.uuid4()) is None


def test_there_are_no_more_than_their_numbers(no_sweeper: None) -> None:
    numbers = {open_for(uuid.uuid4()).number for _ in NUMBERS}
    assert numbers == {*NUMBERS}
    with pytest.raises(NoneFree):
        open_for(uuid.uuid4())


def test_two_visitors_at_once_get_two_numbers(no_sweeper: None) -> None:
    def number(_: int) -> int:
        try:
            return open_for(uuid.uuid4()).number
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len({*pool.map(number, range(3))}) == 3


def test_two_windows_of_one_visitor_get_one(no_sweeper: None) -> None:
    visitor = uuid.uuid4()

    def number(_: int) -> int:
        try:
            return open_for(visitor).number
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len({*pool.map(number, range(3))}) == 1


def test_an_unused_one_is_removed_with_its_durable_and_queue(bench: Workbench) -> None:
    events.make_durable(bench, subject="orders.>", is_for_new_events=True)
    jobs.make_queue(bench)
    bench.refresh_from_db()
    durable, queue = workbenches.durable_of(bench), workbenches.queue_of(bench)
    assert durable.state()
    assert queue.counts()
    workbenches.close_unused()
    assert durable.state()
    make_unused(bench)
    workbenches.close_unused()
    assert (durable.state(), queue.counts()) == (None, None)
    assert not Workbench.objects.exists()


def test_its_number_is_free_again(bench: Workbench) -> None:
    make_unused(bench)
    assert open_for(uuid.uuid4()).number == bench.number


def test_a_look_at_the_page_waits_for_no_broker_and_begins_the_sweeper(
    bench: Workbench, brokers: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(workbenches.SWEEPER, "begin", lambda: begun.append(True))
    monkeypatch.setattr(workbenches, "close", lambda _: pytest.fail("it asks a broker"))
    assert workbenches.of_visitor(bench.visitor) == bench
    assert begun == []
    make_unused(bench)
    assert workbenches.of_visitor(bench.visitor) is None
    assert begun == [True]


def test_one_whose_broker_is_away_stays_until_it_is_back(
    bench: Workbench, brokers: NatsServer
) -> None:
    brokers.stop()
    make_unused(bench)
    workbenches.close_unused()
    assert Workbench.objects.exists()
    brokers.start()
    workbenches.close_unused()
    assert not Workbench.objects.exists()


def test_each_press_counts_as_use(bench: Workbench) -> None:
    make_unused(bench)
    workbenches.note(bench, "pressed")
    workbenches.close_unused()
    assert Workbench.objects.get().log[-1][1] == "pressed"


def test_the_log_keeps_the_last_lines(bench: Workbench) -> None:
    for number in range(20):
        workbenches.note(bench, str(number))
    bench.refresh_from_db()
    assert [text for _, text, _ in bench.log] == [str(number) for number in range(8, 20)]


def test_all_are_removed_at_once(bench: Workbench) -> None:
    events.make_durable(bench, subject="orders.>", is_for_new_events=True)
    workbenches.close_all()
    assert workbenches.durable_of(bench).state() is None


def test_the_sweeper_ends_when_there_is_nothing_to_sweep(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbenches, "LOOK_EVERY_SECONDS", 0.05)
    sweeper = workbenches.Sweeper()
    sweeper.begin()
    assert sweeper.is_running
    make_unused(bench)
    eventually(lambda: not Workbench.objects.exists())
    eventually(lambda: not sweeper.is_running)
