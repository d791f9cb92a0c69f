"""Which hops and processes `web` keeps."""

import json
import threading
import time

import pytest

from apps.lab.feed import feed as feed_module
from apps.lab.feed.feed import KEPT, SILENT_AFTER_SECONDS, Feed, SeenProcess
from apps.messaging.errors import MessageUnreadable
from tests.lab.made_hops import TRACE, add_hops, hop
from tests.support.waiting import at_most, eventually


@pytest.fixture
def feed() -> Feed:
    return Feed()


def alive(feed: Feed, *, worker: str = "sales_consumer", instance: str = "1", pid: int) -> None:
    life = {"worker": worker, "instance": instance, "pid": pid}
    feed.add_sign_of_life(json.dumps(life).encode())


def seen(feed: Feed) -> list[SeenProcess]:
    return [each for _, _, each in feed.processes()]


def test_a_window_gets_what_came_after_its_number(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"))
    before = feed.newest()
    add_hops(feed, hop("request.answered"), hop("outbox.recorded"))
    assert [each["point"] for each in feed.after(before)] == ["request.answered", "outbox.recorded"]


def test_numbers_rise_over_a_restart(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"))
    last = feed.newest()
    eventually(lambda: Feed().newest() > last, within=1, what="the clock has gone on")


def test_the_oldest_hop_is_dropped(feed: Feed) -> None:
    add_hops(feed, *(hop("request.sent") for _ in range(KEPT + 10)))
    assert len(feed.after(0)) == KEPT


def test_an_empty_trace_has_no_hops(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"), hop("request.sent", trace=""))
    assert len(feed.of_trace(TRACE)) == 1
    assert feed.of_trace("") == []


def test_a_new_hop_wakes_a_waiting_thread(feed: Feed) -> None:
    later = threading.Timer(0.1, add_hops, [feed, hop("mail.sent", worker="celery")])
    later.start()
    began = time.monotonic()
    found = feed.wait_for(lambda each: each["point"] == "mail.sent", timeout=600)
    assert time.monotonic() - began < at_most(10)
    assert found is not None
    assert found["worker"] == "celery"


def test_waiting_without_a_hop_returns_none(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"))
    assert feed.wait_for(lambda each: each["point"] == "mail.sent", timeout=0.05) is None


def test_a_hop_has_its_place_on_the_map(feed: Feed) -> None:
    add_hops(feed, hop("consumer.fetched", consumer="sales", destination="orders.placed"))
    (received,) = feed.after(0)
    assert received["shown"]["edge"] == "sales"


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"point": "mail.sent"}', b"\xff"])
def test_an_invalid_hop_is_not_stored(feed: Feed, body: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        feed.add_hop(body)
    assert feed.after(0) == []


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"worker": "web"}'])
def test_an_invalid_sign_of_life_is_not_stored(feed: Feed, body: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        feed.add_sign_of_life(body)
    assert seen(feed) == []


def test_a_new_pid_means_that_a_process_died(feed: Feed) -> None:
    alive(feed, pid=1)
    alive(feed, pid=1)
    assert [each.deaths for each in seen(feed)] == [0]
    alive(feed, pid=2)
    assert [(each.pid, each.deaths) for each in seen(feed)] == [(2, 1)]
    assert seen(feed)[0].is_new(time.monotonic())


def test_several_web_processes_replace_none(feed: Feed) -> None:
    for pid in (1, 2, 1, 2):
        alive(feed, worker="web", pid=pid)
    assert [each.deaths for each in seen(feed)] == [0, 0]


def test_a_silent_process_is_dropped_in_the_end(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed, pid=1)
    now = time.monotonic()
    assert not seen(feed)[0].is_there(now + SILENT_AFTER_SECONDS + 1)
    monkeypatch.setattr(feed_module, "FORGOTTEN_AFTER_SECONDS", -1.0)
    seen(feed)
    assert seen(feed) == []
