"""`nats request`, `reply`, `micro info` and `micro stats` on a real server."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from apps.lab.terminal.interpreter import understands
from apps.lab.terminal.nats_requests_table import REQUESTS
from apps.messaging.request_reply.responder import Service, answering
from apps.pricing.contract import GROUP, SUBJECT, SUBJECT_OF_MANY, PriceAnswer
from tests.lab.terminal.real_tools import RealTerminal, command_of, compare, error_of, shape
from tests.lab.terminal.typing import done, going_on, typed
from tests.support.running import running
from tests.support.waiting import eventually

ANSWER = """'{"sku": "ABC", "price": 9.99}'"""
LINES = (
    """nats request price.lookup '{"sku": "ABC"}' --timeout 5s""",
    "nats request price.lookup x --raw",
    "nats request price.lookup x -H Kind:last",
    "nats request nobody.there x",
    "nats micro info pricing",
    "nats micro stats pricing",
    "nats micro info nothing",
    "nats micro stats nothing",
)
OF_RESPONDERS = (
    f"nats reply price.lookup {ANSWER}",
    f"nats reply price.lookup --queue pricing {ANSWER}",
    "nats reply price.lookup --echo --count 1",
)
ENDS = re.compile(r"^[\d:]+ \nDraining", re.MULTILINE)
NOT_UNDERSTOOD = ("nats request", "nats reply", "nats micro", "nats micro frob", "nats micro info")
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
    assert paper.code == 1
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


def test_every_command_is_compared() -> None:
    compared = {command_of(line).name for line in (*LINES, *OF_RESPONDERS)}
    assert compared == {each.name for each in REQUESTS}


@pytest.mark.parametrize("line", LINES)
def test_the_real_command_prints_the_same(line: str, real: RealTerminal) -> None:
    with running(answering(PRICING_OF_MANY)):
        compare(line, real, "nats request price.lookup x")


@pytest.mark.parametrize("line", OF_RESPONDERS)
def test_who_answers_is_shown_the_same(line: str, real: RealTerminal) -> None:
    """The page's answers one request, the real one the next, and says further that it ends."""
    ask = "nats request price.lookup question -H Kind:last --raw"
    with going_on(line, until="Listening") as paper:
        answer = done(ask)
    running_one = real.start(line)
    try:
        eventually(lambda: running_one.shows("Listening"), what=lambda: running_one.printed)
        assert done(ask) == answer
    finally:
        running_one.stop()
    printed = ENDS.split(running_one.printed)[0]
    assert shape(paper.text) == shape(printed)


@pytest.mark.parametrize("line", NOT_UNDERSTOOD)
def test_a_line_that_is_not_understood_is_named_the_same(line: str, real: RealTerminal) -> None:
    of_the_page, of_the_command = typed(line), real.typed(line)
    assert error_of(of_the_page.text) == error_of(of_the_command.text)
    assert of_the_page.code == of_the_command.code == 1


def test_a_request_without_an_answer_is_an_error_in_the_page_alone(real: RealTerminal) -> None:
    """`nats` 0.5 ends without a word. A reader of the page must not take that for an answer."""
    line = "nats request price.lookup x --timeout 300ms"
    with going_on("nats sub price.lookup", until="Subscribing"):
        of_the_page, of_the_command = typed(line), real.typed(line)
    assert shape(of_the_page.lines[0]) == shape(of_the_command.text)
    assert (of_the_page.code, of_the_command.code) == (1, 0)


@pytest.mark.parametrize("command", ["request", "reply"])
def test_the_flags_are_flags_of_the_real_command(command: str, real: RealTerminal) -> None:
    flags = r"--(?:\[no-\])?([\w-]+)"
    line = f"nats {command} --help"
    known = set(re.findall(flags, done(line)))
    assert known <= set(re.findall(flags, real.typed(line).text)) | {"timeout"}
