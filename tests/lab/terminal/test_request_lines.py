"""`nats request`, `reply`, `micro info` and `micro stats` on a real server."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from apps.lab.terminal.interpreter import understands
from apps.messaging.request_reply.responder import Service, answering
from apps.pricing.contract import GROUP, SUBJECT, SUBJECT_OF_MANY, PriceAnswer
from tests.acceptance.clients import SHELL, Client
from tests.lab.terminal.test_same_shape import real, shape
from tests.lab.terminal.typing import done, going_on, typed
from tests.support.running import running

__all__ = ["real"]

PAGE = Path(__file__).parents[3] / "docs" / "request-reply.md"
pytestmark = pytest.mark.usefixtures("nats_server")
PRICING = Service(
    name="pricing",
    description="What a product costs",
    subject=SUBJECT,
    group=GROUP,
    handle=lambda _: PriceAnswer(sku="ABC", price="9.99", currency="GBP"),
)
PRICING_OF_MANY = replace(PRICING, also={SUBJECT_OF_MANY: PRICING.handle})


def test_a_request_is_answered() -> None:
    reply = """nats reply price.lookup '{"sku": "ABC", "price": 9.99}'"""
    with going_on(reply, until='Listening on "price.lookup" in group "NATS-RPLY-22"') as responder:
        printed = done("""nats request price.lookup '{"sku": "ABC"}' --timeout 5s""")
        assert re.search(r"Received with rtt [\d.]+(µs|ms|s)$", printed, re.MULTILINE)
        assert '{"sku": "ABC", "price": 9.99}' in printed
        raw = done("nats request price.lookup x --raw")
        assert raw == '{"sku": "ABC", "price": 9.99}'
    assert '[#0] Received on subject "price.lookup":' in responder.text


def test_a_responder_can_echo() -> None:
    with going_on("nats reply price.lookup --echo --count 1", until="Listening"):
        assert "hello" in done("nats request price.lookup hello")


def test_a_request_without_a_responder_says_so() -> None:
    assert "No responders are available" in done("nats request price.lookup x")


def test_a_request_without_an_answer_ends_in_time() -> None:
    with going_on("nats sub price.lookup", until="Subscribing"):
        paper = typed("nats request price.lookup x --timeout 100ms")
    assert paper.code == 1
    assert "nats: error: No answer came in time." in paper.text


@pytest.mark.parametrize(
    "line", ["nats request '$JS.API.STREAM.PURGE.ORDERS'", "nats reply '*.lookup' x"]
)
def test_what_is_the_shops_is_out_of_reach(line: str) -> None:
    assert "nats: error: permissions violation for " in typed(line).text


@pytest.mark.parametrize("reply", ["lab.faults", "outbox.recorded", "$JS.API.INFO"])
def test_no_one_is_made_to_answer_where_one_may_not_publish(reply: str) -> None:
    refused = f'permissions violation for publish to "{reply}"'
    assert refused in typed(f"nats pub price.lookup x --reply '{reply}'").text


def test_a_member_that_answers_something_else_has_no_figures() -> None:
    with (
        going_on("nats reply '$SRV.STATS.pricing' garbage", until="Listening"),
        running(answering(PRICING)),
    ):
        assert "price-lookup" in done("nats micro stats pricing")


def test_a_time_that_is_none_is_refused() -> None:
    paper = typed("nats request a --timeout soon")
    assert paper.code == 2
    assert "'soon' is no duration, such as 500ms, 30s or 1h30m" in paper.text


def test_the_members_of_a_service_are_counted() -> None:
    with running(answering(PRICING)):
        printed = done("nats micro stats pricing")
    assert "pricing Service Statistics" in printed
    assert re.search(r"│ +pricing +│|│ 0 +│ pricing +│", printed), printed


def test_a_member_says_what_it_answers_and_how_fast() -> None:
    with running(answering(PRICING)):
        done("nats request price.lookup x")
        printed = done("nats micro info pricing")
    assert re.search(r"^ {10}Service: pricing \(\w{22}\)$", printed, re.MULTILINE)
    assert "            Subject: price.lookup\n        Queue Group: pricing\n" in printed
    assert '           Requests: 1 in group "pricing"\n' in printed


def test_a_member_that_says_nothing_about_itself_is_an_error() -> None:
    with going_on("nats reply '$SRV.INFO.pricing' garbage", until="Listening"):
        paper = typed("nats micro info pricing")
    assert paper.code == 1
    assert "nats: error: not a ServiceMember" in paper.text


def test_what_the_page_of_request_reply_shows_is_understood() -> None:
    lines = re.findall(r"`(nats [^`]+)`", PAGE.read_text())
    assert "nats micro info pricing" in lines
    assert [line for line in lines if not understands(line)] == []


def test_the_real_command_prints_the_same(real: Callable[[Client, str], str]) -> None:
    for line in (
        "nats request nobody.there x",
        "nats micro info nothing",
        "nats micro stats nothing",
    ):
        assert shape(typed(line).text) == shape(real(SHELL, line))
    with running(answering(PRICING_OF_MANY)):
        line = "nats micro info pricing"
        assert shape(typed(line).text) == shape(real(SHELL, line))
    for command in ("request", "reply"):
        known = set(re.findall(r"--(?:\[no-\])?([\w-]+)", done(f"nats {command} --help")))
        theirs = real(SHELL, f"nats {command} --help")
        assert known <= set(re.findall(r"--(?:\[no-\])?([\w-]+)", theirs)) | {"timeout"}
