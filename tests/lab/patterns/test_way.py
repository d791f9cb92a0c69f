"""A message's way: its hops, in the order of the pattern's steps."""

import pytest
from pytest_django.fixtures import Settings

from apps.lab.feed.feed import Feed
from apps.lab.patterns import named, way
from apps.lab.patterns.pattern import Sending
from apps.lab.patterns.way import Arrival, Way, key_of, way_of
from tests.lab.made_hops import TRACE, add_hops, hop

PRICE = "catalog.price_changed"


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(way, "FEED", feed)
    return feed


@pytest.fixture
def sending() -> Sending:
    pattern = named("publish-subscribe")
    assert pattern
    return pattern.sendings[0]


def arrivals(way: Way) -> list[list[Arrival]]:
    return [stop.arrivals for stop in way.stops]


def test_hops_stand_at_their_step_and_others_wait(feed: Feed, sending: Sending) -> None:
    add_hops(feed, hop("core.publishing", destination=PRICE))

    followed = way_of(sending, TRACE)

    assert [len(each) for each in arrivals(followed)] == [1, 0]
    assert followed.has_begun


def test_each_of_two_listeners_is_shown(feed: Feed, sending: Sending) -> None:
    add_hops(
        feed,
        hop("core.heard", destination=PRICE, worker="price_responder", instance="1"),
        hop("core.heard", destination=PRICE, worker="price_responder", instance="2"),
    )

    received = way_of(sending, TRACE).stops[1].shown
    assert [each.hop["instance"] for each in received] == ["1", "2"]


def test_times_count_from_the_first_hop(feed: Feed, sending: Sending) -> None:
    add_hops(
        feed,
        hop("core.heard", destination=PRICE, worker="price_responder", at=1000.012),
        hop("core.publishing", destination=PRICE, at=1000.0),
    )

    (sent,), (received,) = arrivals(way_of(sending, TRACE))
    assert (sent.since, received.since) == ("+0 ms", "+12 ms")


def test_a_hop_of_another_trace_is_not_shown(feed: Feed, sending: Sending) -> None:
    add_hops(feed, hop("core.publishing", destination=PRICE, trace="b" * 32))

    assert not way_of(sending, TRACE).has_begun


def test_another_subject_is_not_a_step(feed: Feed, sending: Sending) -> None:
    add_hops(feed, hop("core.heard", destination="orders.placed", worker="order_listener"))

    followed = way_of(sending, TRACE)
    assert arrivals(followed) == [[], []]
    assert [each.hop["worker"] for each in followed.others] == ["order_listener"]


def test_failures_stand_apart_from_other_hops(feed: Feed, sending: Sending) -> None:
    add_hops(
        feed,
        hop("relay.marked"),
        hop("letter.buried", attributes={"letter": 3}),
        hop("mail.due", attributes={"fault": "exit"}),
        hop("mail.claimed", attempt=2),
    )

    followed = way_of(sending, TRACE)
    assert [each.hop["point"] for each in followed.others] == ["relay.marked"]
    troubles = [each.hop["point"] for each in followed.troubles]
    assert troubles == ["letter.buried", "mail.due", "mail.claimed"]


def test_of_many_deliveries_the_newest_are_shown(feed: Feed, sending: Sending) -> None:
    add_hops(feed, *(hop("core.publishing", destination=PRICE, attempt=n) for n in range(1, 16)))

    stop = way_of(sending, TRACE).stops[0]
    assert [each.hop["attempt"] for each in stop.shown] == list(range(4, 16))
    assert stop.hidden == 3


def test_a_json_body_is_indented(feed: Feed, sending: Sending) -> None:
    add_hops(
        feed,
        hop("core.publishing", destination=PRICE, body='{"sku": "ABC"}'),
        hop("core.publishing", destination=PRICE, body="nonsense"),
    )

    first, second = way_of(sending, TRACE).stops[0].shown
    assert first.body == '{\n  "sku": "ABC"\n}'
    assert second.body == "nonsense"


def test_attributes_are_named_in_words(feed: Feed, sending: Sending) -> None:
    add_hops(
        feed, hop("core.publishing", destination=PRICE, attributes={"sequence": 7, "delay": None})
    )

    assert way_of(sending, TRACE).stops[0].shown[0].attributes == [("sequence in the stream", 7)]


def test_the_inbox_of_a_question_is_known(feed: Feed, sending: Sending) -> None:
    reply_to = {"reply_to": "_INBOX_web.abc.7"}
    add_hops(feed, hop("core.publishing", destination=PRICE, attributes=reply_to))
    add_hops(feed, hop("core.publishing", destination=PRICE))

    asked, told = way_of(sending, TRACE).stops[0].shown
    assert (asked.reply_to, told.reply_to) == ("_INBOX_web.abc.7", "")
    assert asked.attributes == [("reply subject", "_INBOX_web.abc.7")]


def test_the_key_is_what_the_messages_are_about(feed: Feed) -> None:
    add_hops(feed, hop("request.sent"), hop("outbox.recorded", key="order-1"))

    assert key_of(TRACE) == "order-1"
    assert key_of("b" * 32) == ""


def test_a_way_has_a_link_to_its_trace_if_there_is_a_viewer(
    sending: Sending, settings: Settings
) -> None:
    assert way_of(sending, TRACE).viewer == ""
    settings.TRACE_VIEWER = "https://traces.example.com/{trace}"
    assert way_of(sending, TRACE).viewer == "", "no span is sent"
    settings.TRACES_URL = "http://127.0.0.1:4318/v1/traces"
    assert way_of(sending, TRACE).viewer == f"https://traces.example.com/{TRACE}"
    assert way_of(sending, "").viewer == ""


@pytest.mark.parametrize(("flags", "is_kept"), [("00", False), ("01", True)])
def test_a_way_whose_trace_is_not_kept_has_no_link(
    feed: Feed, sending: Sending, settings: Settings, flags: str, is_kept: bool
) -> None:
    settings.TRACE_VIEWER = "https://traces.example.com/{trace}"
    settings.TRACES_URL = "http://127.0.0.1:4318/v1/traces"
    headers = {"traceparent": f"00-{TRACE}-{'b' * 16}-{flags}"}
    add_hops(feed, hop("core.publishing", destination=PRICE, headers=headers))
    assert bool(way_of(sending, TRACE).viewer) is is_kept
