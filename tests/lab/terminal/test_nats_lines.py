"""Lines of `nats` on a real server: what they do there, and what they print."""

import re
from collections.abc import Mapping

import pytest

from apps.lab.feed import hops
from apps.lab.map.typed_points import RECEIVED
from tests.lab.terminal.typing import done, going_on, typed
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

BODY = '{"id": 42, "total": 19.99}'
ADD = "nats stream add ORDERS --subjects 'orders.>' --storage file --defaults"

pytestmark = pytest.mark.usefixtures("nats_server")


@pytest.fixture
def stream(nats_server: NatsServer) -> None:
    """The stream `ORDERS` with two messages."""
    done(ADD)
    done(f"nats pub orders.placed '{BODY}' -H Kind:first")
    done("nats pub orders.paid second")


def test_a_subscriber_receives_what_is_published() -> None:
    with going_on('nats sub "orders.>"', until="Subscribing on orders.>") as subscriber:
        printed = done(f"nats pub orders.placed '{BODY}'")
        assert re.fullmatch(r'\d\d:\d\d:\d\d Published 26 bytes to "orders.placed"', printed)
        eventually(lambda: BODY in subscriber.text, what=lambda: subscriber.text)
    assert '[#1] Received on "orders.placed"' in subscriber.text


def test_headers_and_the_reply_subject_are_shown() -> None:
    with going_on("nats sub jobs.a", until="Subscribing") as subscriber:
        done("nats pub jobs.a x -H 'Kind: b' --reply jobs.b")
        eventually(lambda: "x" in subscriber.lines, what=lambda: subscriber.text)
    assert subscriber.lines[1:] == [
        '[#1] Received on "jobs.a" with reply "jobs.b"',
        "Kind: b",
        "",
        "x",
        "",
        "",
    ]


def test_two_members_of_a_group_share_the_messages() -> None:
    line = "nats sub jobs.resize --queue resizers"
    with going_on(line, until="Sub") as one, going_on(line, until="Sub") as other:
        done("nats pub jobs.resize x --count 20")

        def received() -> list[int]:
            return [each.text.count("Received on") for each in (one, other)]

        eventually(lambda: sum(received()) == 20, what=lambda: str(received()))
        assert all(received())


def test_a_subscriber_ends_after_so_many_messages() -> None:
    with going_on("nats sub jobs.a --count 2", until="Subscribing") as subscriber:
        done("nats pub jobs.a x --count 3")
        eventually(lambda: subscriber.text.count("Received") == 2)
    assert "[#3]" not in subscriber.text


@pytest.mark.usefixtures("stream")
def test_a_stream_says_what_it_has() -> None:
    info = done("nats stream info ORDERS")
    for line in ("Subjects: orders.>", "Storage: File", "Messages: 2", "Number of Subjects: 2"):
        assert line in info
    assert "│ ORDERS │" in done("nats stream ls")
    assert done("nats stream ls --names") == "ORDERS"
    assert '"messages": 2' in done("nats stream info ORDERS --json")


@pytest.mark.usefixtures("stream")
def test_the_stream_is_not_changed_by_adding_it_again() -> None:
    assert "Stream ORDERS was created" in done(ADD)
    paper = typed(ADD.replace("file", "memory"))
    assert paper.code == 1
    assert paper.text == (
        "nats: error: could not create Stream: "
        "stream name already in use with a different configuration (10058)"
    )


@pytest.mark.usefixtures("stream")
def test_a_stored_message_is_read_again() -> None:
    last = done("nats stream get ORDERS --last-for orders.placed")
    assert last.startswith("Item: ORDERS#1 received ")
    assert f"Headers:\n  Kind: first\n\n{BODY}" in last
    assert "second" in done("nats stream get ORDERS 2")
    missing = typed("nats stream get ORDERS 3")
    assert missing.text == "nats: error: could not retrieve ORDERS#3: no message found (10037)"
    unnamed = typed("nats stream get ORDERS")
    assert (unnamed.code, unnamed.text) == (
        1,
        "Name a sequence, or a subject with --last-for.",
    )


@pytest.mark.usefixtures("stream")
def test_a_stream_is_viewed_page_by_page() -> None:
    whole = done("nats stream view ORDERS")
    assert re.search(r"^\[1\] Subject: orders.placed Received: ", whole, re.MULTILINE)
    assert whole.endswith("Reached apparent end of data")
    assert "nats stream view ORDERS --id 2" in done("nats stream view ORDERS 1")
    assert done("nats stream view ORDERS 1 --id 2 --raw").startswith("second")
    assert "first" not in done("nats stream view ORDERS --subject orders.paid")


@pytest.mark.usefixtures("stream")
def test_a_durable_delivers_acknowledges_and_delivers_again() -> None:
    added = done("nats consumer add ORDERS workers --pull --ack explicit --wait 2s --defaults")
    assert "Information for Consumer ORDERS > workers" in added
    assert "Unprocessed Messages: 2" in added
    first = done("nats consumer next ORDERS workers --ack")
    assert "subj: orders.placed / tries: 1 / cons seq: 1 / str seq: 1 / pending: 1" in first
    assert "  Kind: first\n\nData:\n\n\n" + BODY in first
    assert "Acknowledged message" in first
    assert "Acknowledged" not in done("nats consumer next ORDERS workers --no-ack")
    again = done("nats consumer next ORDERS workers --timeout 20s")
    assert "tries: 2 / cons seq: 3 / str seq: 2" in again
    assert "Outstanding Acks: 0" in done("nats consumer info ORDERS workers")
    assert re.search("│ workers +│ Pull +│ Explicit", done("nats consumer report ORDERS"))
    assert done("nats consumer ls ORDERS --names") == "workers"


@pytest.mark.usefixtures("stream")
def test_a_message_is_refused_and_given_up() -> None:
    done("nats consumer add ORDERS workers --defaults")
    assert "Negative Acknowledged message" in done("nats consumer next ORDERS workers --nak")
    assert "tries: 2" in done("nats consumer next ORDERS workers --term")
    assert "second" in done("nats consumer next ORDERS workers --raw")
    nothing = typed("nats consumer next ORDERS workers --timeout 100ms")
    assert nothing.text == "nats: error: no message received: nats: timeout"


@pytest.mark.usefixtures("stream")
def test_a_durable_is_removed_only_by_force() -> None:
    done("nats consumer add ORDERS workers --defaults")
    unsure = typed("nats consumer rm ORDERS workers")
    assert unsure.code == 1
    assert "--force" in unsure.text
    assert done("nats consumer rm ORDERS workers --force") == ""
    assert typed("nats consumer info ORDERS workers").text == (
        'nats: error: could not select Consumer: unknown consumer "ORDERS" > "workers"'
    )


@pytest.mark.usefixtures("stream")
def test_a_stream_is_read_from_its_beginning_and_on() -> None:
    with going_on("nats sub --stream ORDERS --all", until="second") as subscriber:
        done("nats pub orders.placed third")
        eventually(lambda: "third" in subscriber.text, what=lambda: subscriber.text)
    assert re.search(
        r"^\[#1\] Received JetStream message: stream: ORDERS seq: 1 / pending: 1 / "
        r"subject: orders.placed / time: ",
        subscriber.text,
        re.MULTILINE,
    )


@pytest.mark.parametrize(
    "line",
    [
        "nats consumer next ORDERS sales",
        "nats consumer add ORDERS fulfilment --defaults",
        "nats consumer rm ORDERS notification --force",
        "nats consumer add LAB mine --defaults",
        "nats sub --stream LAB --all",
        "nats stream add MINE --subjects mine --defaults",
        "nats pub lab.faults x",
        "nats pub outbox.nudge.jetstream x",
        "nats pub '$JS.API.STREAM.DELETE.ORDERS' x",
        "nats sub '>'",
        "nats sub lab.hops",
    ],
)
def test_what_is_the_shops_is_out_of_reach(line: str) -> None:
    paper = typed(line)
    assert paper.code == 1
    assert "nats: error: permissions violation for " in paper.text


def test_what_is_typed_is_reported_to_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, str]] = []
    monkeypatch.setattr(
        hops,
        "report",
        lambda point, messages: seen.extend(
            (point, each.destination, each.consumer) for each in messages
        ),
    )
    done(ADD)
    done("nats pub orders.placed x")
    done("nats consumer add ORDERS workers --defaults")
    done("nats consumer next ORDERS workers")
    assert seen == [
        ("terminal.sent", "orders.placed", ""),
        ("terminal.received", "orders.placed", "jetstream"),
        ("terminal.settled", "orders.placed", "jetstream"),
    ]


def test_a_member_of_a_group_reports_as_which_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Mapping[str, object]] = []
    monkeypatch.setattr(
        hops,
        "report",
        lambda point, messages: seen.extend(
            each.attributes for each in messages if point == RECEIVED
        ),
    )
    line = "nats sub jobs.resize --queue resizers"
    with going_on(line, until="Sub"), going_on(line, until="Sub"):
        done("nats pub jobs.resize x --count 20")
        eventually(lambda: len(seen) == 20, what=lambda: str(seen))
    assert {each["group"] for each in seen} == {"resizers"}
    assert len({each["line"] for each in seen}) == 2


def test_a_server_that_stops_ends_the_line(nats_server: NatsServer) -> None:
    with going_on("nats sub jobs.a", until="Subscribing") as subscriber:
        nats_server.stop()
        eventually(lambda: "NATS" in subscriber.text, what=lambda: subscriber.text)
    assert "nats: error: NATS has closed the connection" in subscriber.text


def test_a_server_that_is_away_is_an_error_in_words(nats_server: NatsServer) -> None:
    nats_server.stop()
    paper = typed("nats pub jobs.a x")
    assert (paper.code, paper.text) == (
        1,
        "nats: error: NATS cannot be reached: NATS does not answer",
    )
