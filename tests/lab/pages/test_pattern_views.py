"""The pattern pages, as a browser without JavaScript sees them."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from apps.lab.feed.feed import Feed
from apps.lab.patterns import PATTERNS, way
from tests.catalog.products import make_product
from tests.lab.made_hops import TRACE, add_hops, hop
from tests.support.nats_server import NatsServer

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

each_slug = pytest.mark.parametrize("slug", [each.slug for each in PATTERNS])


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(way, "FEED", feed)
    return feed


def text_of(client: Client, address: str, **headers: Any) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return unescape(response.content.decode())


@each_slug
def test_a_page_has_all_its_parts(client: Client, slug: str) -> None:
    page = text_of(client, f"/lab/{slug}/")

    parts = ("what", "send", "way", "code", "terminal", "experiments", "faults", "questions")
    assert [part for part in parts if f'id="{part}"' not in page] == []


@each_slug
def test_every_link_within_a_page_has_a_target(client: Client, slug: str) -> None:
    questions = {
        f"answer-{question.slug}": "0"
        for pattern in PATTERNS
        if pattern.slug == slug
        for question in pattern.questions
    }
    response = client.get(f"/lab/{slug}/", questions)

    page = response.content.decode()
    anchors = {part.split('"')[0] for part in page.split('href="#')[1:]}
    assert len(anchors) > 12
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in page} == set()


def test_an_unknown_page_is_not_found(client: Client) -> None:
    assert client.get("/lab/telepathy/").status_code == 404
    assert client.post("/lab/telepathy/send/").status_code == 404
    assert client.get("/lab/telepathy/way/").status_code == 404


def test_sending_redirects_to_the_messages_way(client: Client) -> None:
    make_product("ABC")

    response = client.post("/lab/publish-subscribe/send/", {"what": "price"})

    assert response.status_code == 302
    assert "?trace=" in response["Location"]
    assert "ABC cost 9.99 GBP and now costs 9.98." in text_of(client, response["Location"])


def test_the_outcome_is_shown_with_its_own_message(
    client: Client,
) -> None:
    make_product("ABC")
    address = client.post("/lab/publish-subscribe/send/", {"what": "price"})["Location"]

    assert "ABC cost 9.99" in text_of(client, address)
    assert "ABC cost 9.99" in text_of(client, address)
    another = re.sub("trace=[^&]+", f"trace={TRACE}", address)
    assert "ABC cost 9.99" not in text_of(client, another)
    assert "ABC cost 9.99" not in text_of(client, re.sub("outcome=.", "outcome=x", address))


def test_two_windows_each_show_their_own_outcome(client: Client) -> None:
    make_product("ABC")
    press = "/lab/publish-subscribe/send/"
    windows = [client.post(press, {"what": "price"})["Location"] for _ in range(2)]

    for price, address in zip(("9.99", "9.98"), windows, strict=True):
        assert f"ABC cost {price}" in text_of(client, address)


def test_the_inbox_of_a_question_stands_in_its_line(client: Client, feed: Feed) -> None:
    inbox = "_INBOX_web.abc.7"
    heard = hop("core.publishing", destination="catalog.price_changed")
    add_hops(feed, heard | {"attributes": {"reply_to": inbox}})

    page = text_of(client, f"/lab/publish-subscribe/?trace={TRACE}")
    line = page.split("<summary", 2)[1].split("</summary>")[0]
    assert f"inbox <code>{inbox}</code>" in line


def test_a_missing_responder_is_shown_in_words(client: Client, nats_server: NatsServer) -> None:
    response = client.post("/lab/request-reply/send/", {"what": "price"})

    assert "NoResponder: No responder is subscribed to this subject" in text_of(
        client, response["Location"]
    )


def test_a_broker_that_is_away_is_shown_in_words(client: Client) -> None:
    response = client.post("/lab/request-reply/send/", {"what": "price"})

    page = text_of(client, response["Location"])
    assert "notice-error" in page
    assert "BrokerAway: " in page or "RequestTimeout: " in page


def test_htmx_gets_the_outcome_and_the_way_and_stays_on_the_page(client: Client) -> None:
    make_product("ABC")

    response = client.post(
        "/lab/publish-subscribe/send/", {"what": "price"}, headers={"hx-request": "true"}
    )

    assert response.status_code == 200
    part = unescape(response.content.decode())
    assert part.startswith('<p class="notice notice-success">ABC cost 9.99 GBP')
    assert 'id="followed"' in part
    assert 'hx-swap-oob="true"' in part
    assert "<html" not in part
    address = re.search('data-address="([^"]+)"', part)
    assert address
    assert "ABC cost 9.99 GBP" in text_of(client, address[1])


def test_a_get_request_sends_nothing(client: Client) -> None:
    assert client.get("/lab/publish-subscribe/send/").status_code == 405


def test_a_page_without_a_message_shows_all_stops(client: Client) -> None:
    page = text_of(client, "/lab/sqs-jobs/")

    assert "Nothing has been sent yet." in page
    assert "ReceiveMessage: a worker receives it" in page


def test_a_forgotten_message_is_named_as_such(client: Client) -> None:
    page = text_of(client, f"/lab/sqs-jobs/way/?trace={TRACE}")

    assert "This process knows no hop of this message." in page


def test_a_hop_is_shown_with_all_details(client: Client, feed: Feed) -> None:
    add_hops(
        feed,
        hop(
            "job.received",
            worker="image_resizer",
            destination="jobs",
            consumer="jobs",
            attempt=2,
            headers={"ce-id": "42"},
            body='{"task": "resize", "id": 7}',
            attributes={"receipt_handle": "handle-9", "fault": "exit"},
        ),
    )

    page = text_of(client, f"/lab/sqs-jobs/way/?trace={TRACE}")

    for shown in ("image_resizer", "attempt 2", "ce-id: 42", '"id": 7', "handle-9", "pid 4711"):
        assert shown in page
    assert "broken on purpose: exit" in page
    assert "until it can be received again" in page


def test_a_message_is_escaped(client: Client, feed: Feed) -> None:
    add_hops(feed, hop("job.received", destination="jobs", body="<script>alert(1)</script>"))

    response = client.get(f"/lab/sqs-jobs/way/?trace={TRACE}")

    assert b"<script>" not in response.content


def test_an_order_can_be_cancelled_on_its_page(client: Client, feed: Feed) -> None:
    add_hops(feed, hop("outbox.recorded", destination="orders.placed", key="the-order"))

    assert "data-keyed hidden" in text_of(client, "/lab/durable-events/")
    page = text_of(client, f"/lab/durable-events/?trace={TRACE}&sent=place")
    assert "Cancel this order" in page
    assert "data-keyed hidden" not in page
    assert 'name="key" value="the-order"' in page


def test_the_way_belongs_to_the_pressed_button(client: Client) -> None:
    page = text_of(client, f"/lab/durable-events/way/?trace={TRACE}&sent=cancel")

    assert "The stock goes back" in page


def test_a_question_is_answered_without_javascript(client: Client) -> None:
    page = text_of(client, "/lab/sqs-jobs/?answer-what-receive-does=0")

    assert "Wrong." in page
    assert 'href="#experiment-received-not-deleted"' in page


def test_htmx_gets_only_the_question(client: Client) -> None:
    address = "/lab/sqs-jobs/?question=what-receive-does&answer-what-receive-does=1"

    fragment = text_of(client, address, hx_request="true")

    assert fragment.lstrip().startswith('<form class="question')
    assert "Right." in fragment


def test_a_page_travels_packed_to_who_can_unpack_it(client: Client) -> None:
    plain = client.get("/lab/durable-events/")
    packed = client.get("/lab/durable-events/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 3
