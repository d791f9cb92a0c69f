"""The stream of one window, without a server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from apps.lab.feed.feed import Feed
from apps.lab.pages import stream
from orders_site.conf.logs import MEANT_503
from tests.lab.made_hops import add_hops, hop

pytestmark = pytest.mark.one_database


class StandInPulse:
    """A state without brokers or tables."""

    def current(self) -> dict[str, Any]:
        return {"at": 1.0}


@pytest.fixture(autouse=True)
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(stream, "FEED", feed)
    monkeypatch.setattr(stream, "SNAPSHOT", StandInPulse())
    # The test's own connection stays open.
    monkeypatch.setattr("apps.lab.pages.stream.connection.close", lambda: None)
    return feed


@pytest.fixture
def opened(db: None) -> Iterator[list[HttpResponseBase]]:
    """Open windows; the end of a request closes its database connection."""
    responses: list[HttpResponseBase] = []
    yield responses
    for response in responses:
        response.close()


def open_stream(opened: list[HttpResponseBase], **headers: str) -> HttpResponseBase:
    response = stream.live(RequestFactory().get("/lab/live/", headers=headers))
    opened.append(response)
    return response


def events(response: HttpResponseBase) -> Iterator[bytes]:
    assert isinstance(response, StreamingHttpResponse)
    return iter(response.streaming_content)  # type: ignore[arg-type]


def test_a_window_receives_the_state_and_each_hop(
    feed: Feed, opened: list[HttpResponseBase]
) -> None:
    received = events(open_stream(opened))
    assert next(received) == b"retry: 2000\n\n"
    assert next(received) == b'event: state\ndata: {"at": 1.0}\n\n'
    add_hops(feed, hop("request.sent"), hop("request.answered"))
    piece = next(received).decode()
    points = [
        json.loads(line[6:])["point"] for line in piece.splitlines() if line.startswith("data: ")
    ]
    assert points == ["request.sent", "request.answered"]
    assert f"id: {feed.newest()}\n" in piece


def test_a_window_that_reconnects_gets_missed_hops(
    feed: Feed, opened: list[HttpResponseBase]
) -> None:
    add_hops(feed, hop("request.sent"))
    last = feed.newest()
    add_hops(feed, hop("mail.sent"))
    received = events(open_stream(opened, last_event_id=str(last)))
    pieces = [next(received), next(received), next(received)]
    assert b"mail.sent" in pieces[2]
    assert b"request.sent" not in pieces[2]


@pytest.mark.parametrize("last", ["", "none", "9" * 5000, "²"])
def test_a_window_without_a_number_starts_now(
    feed: Feed, opened: list[HttpResponseBase], last: str
) -> None:
    add_hops(feed, hop("request.sent"))
    received = events(open_stream(opened, last_event_id=last))
    next(received), next(received)
    add_hops(feed, hop("mail.sent"))
    assert b"request.sent" not in next(received)


def test_one_stream_too_many_gets_503(opened: list[HttpResponseBase]) -> None:
    for _ in range(stream.MOST):
        assert open_stream(opened).status_code == 200
    refused = open_stream(opened)
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")


def test_a_503_is_not_logged_as_an_error() -> None:
    assert reverse("lab:live") in MEANT_503


def test_a_stream_closed_early_frees_its_place(opened: list[HttpResponseBase]) -> None:
    for _ in range(2 * stream.MOST):
        response = open_stream(opened)
        assert response.status_code == 200
        response.close()


def test_closing_twice_frees_one_place(opened: list[HttpResponseBase]) -> None:
    open_stream(opened)
    assert stream._free.acquire(blocking=False)
    window = stream._Events(None)
    window.close()
    window.close()
    for _ in range(stream.MOST - 1):
        assert open_stream(opened).status_code == 200
    assert open_stream(opened).status_code == 503


def test_a_stream_ends_by_itself(
    opened: list[HttpResponseBase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LONGEST", 0.0)
    assert list(events(open_stream(opened))) == [b"retry: 2000\n\n"]


def test_only_a_get_opens_one() -> None:
    assert stream.live(RequestFactory().head("/lab/live/")).status_code == 405
