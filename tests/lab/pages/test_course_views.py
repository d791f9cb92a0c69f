"""The pages of the course: without JavaScript, the poll of a page with it, and the cookie."""

import re
from html import unescape

import pytest
from django.test import Client

from apps.lab.course import hearing, progress
from apps.lab.course.lesson import Lesson
from apps.lab.course.lessons import LESSONS, group
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import Feed
from tests.lab.made_hops import add_hops, hop
from tests.support.nats_server import NatsServer

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

on_core = pytest.mark.parametrize("slug", ["publish", "every-listener", "group", "request-reply"])


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    feed = Feed()
    monkeypatch.setattr(hearing, "FEED", feed)
    monkeypatch.setattr(group, "FEED", feed)
    return feed


@pytest.fixture
def reader(client: Client) -> Reader:
    """The reader that this client is."""
    client.get("/lab/course/")
    return Reader(int(dict(pairs_of(client))["number"]))


def pairs_of(client: Client) -> list[tuple[str, str]]:
    return [
        tuple(each.split("=")) for each in client.cookies[progress.cookie_name()].value.split("&")
    ]


def text_of(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def publish(feed: Feed, reader: Reader) -> None:
    """Do all steps of the lesson."""
    body = f'{{"id": {reader.number}}}'
    for subject in ("orders.placed", "orders.gift.wrapped"):
        heard = hop("core.heard", worker="order_listener", destination=subject, body=body)
        add_hops(feed, heard)


def test_the_contents_have_every_lesson(client: Client) -> None:
    page = text_of(client, "/lab/course/")

    assert [each.slug for each in LESSONS if f'href="/lab/course/{each.slug}/"' not in page] == []
    assert f"0 of {len(LESSONS)} lessons done." in page


@on_core
def test_a_lesson_says_what_to_do_and_what_it_waits_for(client: Client, slug: str) -> None:
    page = text_of(client, f"/lab/course/{slug}/")

    assert "You will do" in page
    assert "Listening for" in page
    assert 'role="status"' in page
    assert "@" not in re.sub(r"<script.*?</script>|<head>.*?</head>", "", page, flags=re.DOTALL)


def test_the_answer_to_a_question_is_folded(client: Client) -> None:
    page = text_of(client, "/lab/course/group/")

    folded = re.findall(r"<details>(.*?)</details>", page, flags=re.DOTALL)
    assert "One queue group's name in all three subscriptions." in folded[0]
    assert "<details open" not in page


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_each_line_of_a_lesson_can_be_run_in_the_terminal_of_its_page(
    client: Client, lesson: Lesson
) -> None:
    shown = client.get(f"/lab/course/{lesson.slug}/").text
    assert "data-terminal=" in shown
    assert shown.count(" data-typed") == sum(len(step.commands) for step in lesson.steps)


def test_an_unknown_lesson_is_not_found(client: Client) -> None:
    for path in ("", "heard/"):
        assert client.get(f"/lab/course/telepathy/{path}").status_code == 404
    assert client.post("/lab/course/telepathy/press/").status_code == 404
    assert client.post("/lab/course/publish/press/", {"what": "nothing"}).status_code == 404


def test_a_lesson_ticks_and_the_tick_stays(client: Client, reader: Reader, feed: Feed) -> None:
    assert "0 of 2 steps heard." in text_of(client, "/lab/course/publish/")
    publish(feed, reader)
    assert "2 of 2 steps heard." in text_of(client, "/lab/course/publish/")

    feed._hops.clear()
    page = text_of(client, "/lab/course/publish/")
    assert "2 of 2 steps heard." in page
    assert "Next: Every listener receives it" in page
    assert f"1 of {len(LESSONS)} lessons done." in text_of(client, "/lab/course/")


def test_another_browser_has_another_number_and_no_tick(
    client: Client, reader: Reader, feed: Feed
) -> None:
    publish(feed, reader)
    assert "0 of 2 steps heard." in text_of(Client(), "/lab/course/publish/")


def test_a_poll_without_a_change_has_no_answer(client: Client, reader: Reader, feed: Feed) -> None:
    poll = "/lab/course/publish/heard/"
    response = client.get(poll, {"state": "0"})
    assert (response.status_code, response.content) == (204, b"")

    publish(feed, reader)
    part = text_of(client, poll, state="0")
    assert 'id="heard" role="status" hx-swap-oob="innerHTML"' in part
    assert all(f'id="tick-{number}" hx-swap-oob="true"' in part for number in (1, 2))
    assert "hx-trigger" not in part  # The lesson is done: nothing more is asked.
    assert client.get(poll, {"state": "2"}).status_code == 204


def test_a_broker_that_is_away_is_named(client: Client, reader: Reader) -> None:
    page = text_of(client, "/lab/course/durable/")

    assert "The shop cannot listen at the moment: " in page
    assert 'state=0-away"' in page


def test_a_button_sends_in_the_readers_own_trace(
    client: Client, reader: Reader, nats_server: NatsServer
) -> None:
    response = client.post("/lab/course/group/press/", {"what": "offer"})

    assert response.status_code == 302
    assert "10 previews were offered" in text_of(client, response["Location"])
    assert reader.trace("group") in text_of(client, response["Location"])
    assert "10 previews were offered" not in text_of(client, "/lab/course/group/?outcome=forged")


def test_htmx_gets_the_outcome_alone_so_that_the_terminal_stays(
    client: Client, reader: Reader, nats_server: NatsServer
) -> None:
    response = client.post(
        "/lab/course/group/press/", {"what": "offer"}, headers={"hx-request": "true"}
    )

    assert response.status_code == 200
    assert response.text.startswith('<p class="notice notice-success">10 previews were offered')
    assert response.text.count("<p") == 1


def test_a_get_request_presses_nothing(client: Client) -> None:
    assert client.get("/lab/course/group/press/").status_code == 405
    assert client.get("/lab/course/again/").status_code == 405


def test_to_begin_again_is_to_be_another_reader(client: Client, reader: Reader, feed: Feed) -> None:
    publish(feed, reader)
    text_of(client, "/lab/course/publish/")

    client.post("/lab/course/again/")

    assert pairs_of(client) != [("number", str(reader.number)), ("publish", "2")]
    assert "publish" not in dict(pairs_of(client))


@pytest.mark.parametrize(
    "cookie", ["", "number=12", "number=x&publish=1", "number=1000000000&publish=1", "publish=1"]
)
def test_a_malformed_cookie_is_a_new_reader(client: Client, cookie: str) -> None:
    client.cookies[progress.cookie_name()] = cookie
    assert f"0 of {len(LESSONS)} lessons done." in text_of(client, "/lab/course/")


def test_more_ticks_than_steps_are_no_more_than_all(client: Client) -> None:
    client.cookies[progress.cookie_name()] = "number=48213&publish=99&unknown=3"
    assert f"1 of {len(LESSONS)} lessons done." in text_of(client, "/lab/course/")
    assert pairs_of(client) == [("number", "48213"), ("publish", "2")]


def test_a_switch_is_shown_with_its_command(client: Client) -> None:
    page = text_of(client, "/lab/course/job-twice/")

    assert 'href="/lab/faults/#fault-job-polling-skip"' in page
    command = re.search(r'<code class="fault-command">(.*?)</code>', page)
    assert command
    assert "fault on job.polling skip" in re.sub(r"<[^>]*>", "", command[1])


def test_a_step_that_is_done_on_another_page_leads_there(client: Client) -> None:
    page = text_of(client, "/lab/course/redrive/")

    assert '<a href="/lab/dead-letters/">The dead letters</a>' in page
