"""The page of the terminal, and the lines that a browser sends to it."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from apps.lab.pages.terminal_page import LONGEST_LINE
from apps.lab.patterns import PATTERNS
from apps.lab.terminal import places
from apps.messaging.brokers.addresses import shell_queue_url
from tests.support.nats_server import NatsServer

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test's own connection stays open.
    monkeypatch.setattr("apps.lab.terminal.running.connection.close", lambda: None)


def type_line(client: Client, line: str, **fields: str) -> list[dict[str, Any]]:
    answer = client.post("/lab/terminal/run/", {"line": line, "window": "w", **fields})
    assert answer["Content-Type"] == "application/x-ndjson"
    body = answer.getvalue()
    return [each for each in map(json.loads, body.splitlines()) if each]


def test_the_page_has_the_lines_of_every_pattern(client: Client) -> None:
    page = client.get("/lab/terminal/").text
    for pattern in PATTERNS:
        assert f'id="lines-{pattern.slug}"' in page
    assert page.count("data-typed") > 10
    assertContains(client.get("/lab/durable-events/"), "data-terminal=")


def test_a_line_for_a_shell_has_no_button(client: Client) -> None:
    assertNotContains(client.get("/lab/terminal/"), "manage.py shell")
    page = client.get("/lab/celery/").text
    assert page.count("data-typed") == 1


def test_a_line_is_run_on_the_server(client: Client, nats_server: NatsServer) -> None:
    says, code = type_line(client, "nats pub orders.placed '{\"id\": 99}'")
    assert says["say"].endswith('Published 10 bytes to "orders.placed"')
    assert code == {"code": 0}


def test_variables_are_those_of_the_shop_and_of_the_window(client: Client) -> None:
    # The unknown program is named after them.
    assert type_line(client, '"$Q"')[0]["say"].startswith(shell_queue_url("jobs"))
    says = type_line(client, '"$RECEIPT_HANDLE"', RECEIPT_HANDLE="abc")[0]["say"]
    assert says.startswith("abc: command not found")
    assert "HOME is not set" in type_line(client, "$HOME", HOME="/")[0]["say"]


def test_a_line_that_is_too_long_is_refused(client: Client) -> None:
    says, code = type_line(client, "x" * (LONGEST_LINE + 1))
    assert (says, code) == ({"say": "A line has at most 4,000 characters."}, {"code": 1})


def test_one_line_too_many_is_refused_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_OF_A_WINDOW", 0)
    says, code = type_line(client, "help")
    assert "end one first" in says["say"]
    assert code == {"code": 1}


def test_a_line_needs_the_token_of_the_page(client: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/lab/terminal/run/", {"line": "help"}).status_code == 403
    assert client.get("/lab/terminal/run/").status_code == 405
