"""The real `nats` prints the same for the same line, and ends with the same code."""

import json

import pytest

from apps.lab.terminal.nats_consumers_table import CONSUMERS
from apps.lab.terminal.nats_core_table import CORE
from apps.lab.terminal.nats_streams_table import STREAMS
from tests.lab.terminal.real_tools import RealTerminal, command_of, compare, shape
from tests.lab.terminal.typing import done, going_on
from tests.support.waiting import eventually

LINES = (
    "nats pub orders.placed '{\"id\": 99}'",
    "nats pub orders.placed ''",
    "nats pub orders.placed x -H Kind:last --count 2",
    "nats pub orders.placed x --quiet",
    "nats sub --stream ORDERS --all --count 5",
    "nats sub --stream ORDERS --last --count 1",
    "nats sub orders.paid --stream ORDERS --all --count 1 --raw",
    "nats sub orders.paid --stream ORDERS --all --count 1 --subjects-only",
    "nats sub orders.paid --stream ORDERS --start-sequence 2 --count 1 --headers-only",
    "nats stream add ORDERS --subjects 'orders.>' --storage file --defaults",
    "nats stream add ORDERS --subjects 'orders.>' --storage memory --defaults",
    "nats stream ls",
    "nats stream ls --names",
    "nats stream info ORDERS",
    "nats stream get ORDERS 1",
    "nats stream get ORDERS --last-for orders.paid",
    "nats stream get ORDERS 1000",
    "nats stream get ORDERS --last-for orders.none",
    "nats stream view ORDERS",
    "nats stream view ORDERS 25 --id 2 --subject orders.paid",
    "nats stream view ORDERS --raw",
    "nats consumer add ORDERS course-42 --pull --ack explicit --wait 5s --defaults",
    "nats consumer add ORDERS replay-42 --pull --ack explicit --deliver all --defaults",
    "nats consumer add ORDERS some --pull --ack none --filter orders.paid --defaults",
    "nats consumer add ORDERS some --pull --ack all --deliver new --max-deliver 4 --defaults",
    "nats consumer add ORDERS workers --pull --ack all --defaults",
    "nats consumer info ORDERS workers",
    "nats consumer ls ORDERS",
    "nats consumer ls ORDERS --names",
    "nats consumer report ORDERS",
    "nats consumer rm ORDERS none --force",
    "nats consumer next ORDERS none --ack",
)
"""With a stream of five messages and a durable `workers`; typing one twice changes nothing."""
OF_A_NEW_DURABLE = (
    "nats consumer next ORDERS spare",
    "nats consumer next ORDERS spare --ack",
    "nats consumer next ORDERS spare --no-ack",
    "nats consumer next ORDERS spare --count 3 --ack",
    "nats consumer next ORDERS spare --nak",
    "nats consumer next ORDERS spare --term",
    "nats consumer next ORDERS spare --raw",
    "nats consumer info ORDERS spare",
    "nats consumer rm ORDERS spare --force",
)
OF_LISTENERS = (
    "nats sub 'orders.>' --count 2",
    "nats sub orders.paid --queue group --count 2",
    "nats sub orders.paid --count 2 --headers-only",
    "nats sub orders.paid --count 2 --subjects-only",
    "nats sub --stream ORDERS --new --count 2",
)


@pytest.fixture
def stream(real: RealTerminal) -> RealTerminal:
    """The stream `ORDERS` with five messages, the second of which has a header."""
    done("nats stream add ORDERS --subjects 'orders.>' --storage file --defaults")
    done("nats pub orders.placed first")
    done("nats pub orders.paid x -H Kind:last")
    done("nats pub orders.placed first --count 3")
    done("nats consumer add ORDERS workers --pull --ack explicit --defaults")
    return real


def test_every_command_is_compared() -> None:
    compared = {command_of(line).name for line in (*LINES, *OF_A_NEW_DURABLE, *OF_LISTENERS)}
    assert compared == {each.name for each in (*CORE, *STREAMS, *CONSUMERS)}


@pytest.mark.parametrize("line", LINES)
def test_nats_prints_the_same(line: str, stream: RealTerminal) -> None:
    compare(line, stream)


@pytest.mark.parametrize("line", OF_A_NEW_DURABLE)
def test_nats_prints_the_same_of_a_new_durable(line: str, stream: RealTerminal) -> None:
    done("nats pub orders.paid x -H Kind:last --count 3")
    compare(
        line,
        stream,
        "nats consumer rm ORDERS spare --force",
        "nats consumer add ORDERS spare --pull --ack explicit --filter orders.paid --defaults",
    )


@pytest.mark.parametrize("line", OF_LISTENERS)
def test_who_listens_is_shown_the_same(line: str, stream: RealTerminal) -> None:
    running = stream.start(line)
    publish = "nats pub orders.paid x -H Kind:last --reply answers.here --count 2"

    def both_have_ended() -> bool:
        """Two members of a group share what is published, until each has its two."""
        done(publish)
        return paper.code == 0 and running.has_ended

    try:
        with going_on(line, until="Subscribing") as paper:
            eventually(lambda: running.shows("Subscribing"), what=lambda: running.printed)
            eventually(both_have_ended, what=lambda: paper.text + running.printed)
        assert running.ended(within=10) == 0
    finally:
        running.stop()
    assert shape(paper.text) == shape(running.printed)


@pytest.mark.parametrize("line", ["nats stream info ORDERS", "nats consumer info ORDERS workers"])
def test_json_has_the_same_names(line: str, stream: RealTerminal) -> None:
    of_the_page = json.loads(done(f"{line} --json"))
    assert of_the_page.keys() == json.loads(stream.typed(f"{line} --json").text).keys()
