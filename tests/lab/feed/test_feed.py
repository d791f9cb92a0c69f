"""What `web` remembers of what it was told."""

import json
import threading
import time

import pytest

from apps.lab.feed import feed as feed_module
from apps.lab.feed.feed import KEPT, Feed, SeenProcess
from apps.messaging.errors import MessageUnreadable
from tests.lab.made_hops import TRACE, add_hops, hop
from tests.support.waiting import eventually


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
    add_hops(feed, hop("request.answered"), hop("order.priced"))
    assert [each["point"] for each in feed.after(before)] == ["request.answered", "order.priced"]


def test_numbers_go_on_over_a_restart(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"))
    last = feed.newest()
    eventually(lambda: Feed().newest() > last, within=1, what="the clock has gone on")


def test_the_oldest_is_forgotten(feed: Feed) -> None:
    add_hops(feed, *(hop("request.sent") for _ in range(KEPT + 10)))
    assert len(feed.after(0)) == KEPT


def test_a_trace_is_found_and_an_empty_one_is_nobodys(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"), hop("request.sent", trace=""))
    assert len(feed.of_trace(TRACE)) == 1
    assert feed.of_trace("") == []


def test_whoever_waits_is_woken(feed: Feed) -> None:
    later = threading.Timer(0.1, add_hops, [feed, hop("mail.sent", worker="celery")])
    later.start()
    found = feed.wait_for(lambda each: each["point"] == "mail.sent", timeout=5)
    assert found is not None
    assert found["worker"] == "celery"


def test_whoever_waits_in_vain_is_told_so(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"))
    assert feed.wait_for(lambda each: each["point"] == "mail.sent", timeout=0.05) is None


def test_a_hop_is_told_with_its_place_on_the_map(feed: Feed) -> None:
    add_hops(feed, hop("consumer.fetched", consumer="sales", destination="orders.placed"))
    (heard,) = feed.after(0)
    assert heard["shown"]["edge"] == "sales"


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"point": "mail.sent"}', b"\xff"])
def test_what_is_no_hop_is_kept_out(feed: Feed, body: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        feed.add_hop(body)
    assert feed.after(0) == []


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"worker": "web"}'])
def test_what_is_no_sign_of_life_is_kept_out(feed: Feed, body: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        feed.add_sign_of_life(body)
    assert seen(feed) == []


def test_a_new_process_in_the_same_place_means_that_one_died(feed: Feed) -> None:
    alive(feed, pid=1)
    alive(feed, pid=1)
    assert [each.deaths for each in seen(feed)] == [0]
    alive(feed, pid=2)
    assert [(each.pid, each.deaths) for each in seen(feed)] == [(2, 1)]
    assert seen(feed)[0].is_new(time.monotonic())


def test_several_processes_of_web_replace_nobody(feed: Feed) -> None:
    for pid in (1, 2, 1, 2):
        alive(feed, worker="web", pid=pid)
    assert [each.deaths for each in seen(feed)] == [0, 0]


def test_who_is_silent_is_not_there_and_forgotten_in_the_end(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive(feed, pid=1)
    now = time.monotonic()
    assert not seen(feed)[0].is_there(now + 4)
    monkeypatch.setattr(feed_module, "FORGOTTEN_AFTER", -1.0)
    seen(feed)
    assert seen(feed) == []
