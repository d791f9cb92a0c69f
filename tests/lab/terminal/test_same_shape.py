"""The real `nats` and `aws` print the same for the same line: names and layout, not the figures."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.messaging.brokers.addresses import variables
from tests.acceptance.clients import AWS, SHELL, Client
from tests.lab.terminal.typing import done, typed

FIGURES = re.compile(r"[0-9a-f-]{32,}|\b[a-z]{20,}\b|\d[\d.,:]*|[µnm]?s\b|─+|  +")
"""What differs from one run to the next: numbers, units of time, widths, ids."""
NOT_HERE = re.compile(
    r"^ *(Host Version|Required API Level|Allows (Fast|Counters|Schedules).*|Last Message.*):.*\n",
    re.MULTILINE,
)
"""Rows of the newest `nats` that say what this shop does not use."""
ADD = "nats stream add ORDERS --subjects 'orders.>' --storage file --defaults"


@pytest.fixture
def real(nats_server: object, sqs_server: object, tmp_path: Path) -> Callable[[Client, str], str]:
    """Type a line into a real terminal; return what it prints."""

    def run(client: Client, line: str) -> str:
        client.check()
        exports = variables(site="SHOP_URL", queue="jobs", as_user=False)
        running = client.type(line, goes_on=False, folder=tmp_path, exports=exports)
        running.ended(within=60)
        running.stop()
        return running.printed

    return run


def shape(text: str) -> str:
    """Return a text without its figures and without rows that only the real command has."""
    return FIGURES.sub(" ", NOT_HERE.sub("", text)).strip()


def rows(text: str) -> set[str]:
    """Return the names of the `name: value` rows, and the headings."""
    return {line.partition(":")[0].strip() for line in NOT_HERE.sub("", text).splitlines()} - {""}


@pytest.mark.parametrize(
    "line",
    [
        "nats pub orders.placed '{\"id\": 99}'",
        "nats stream get ORDERS --last-for orders.placed",
        "nats stream get ORDERS 1000",
        "nats stream add ORDERS --subjects 'orders.>' --storage memory --defaults",
        "nats stream view ORDERS",
        "nats consumer next ORDERS workers --no-ack",
        "nats consumer next ORDERS workers --ack",
        "nats stream ls --names",
        "nats stream ls",
        "nats consumer ls ORDERS",
    ],
)
def test_nats_prints_the_same(line: str, real: Callable[[Client, str], str]) -> None:
    done(ADD)
    done("nats pub orders.placed first --count 3")
    done("nats pub orders.paid x -H Kind:last")
    done("nats consumer add ORDERS workers --pull --ack explicit --defaults")
    assert shape(typed(line).text) == shape(real(SHELL, line))


@pytest.mark.parametrize("line", ["nats stream info ORDERS", "nats consumer info ORDERS workers"])
def test_nats_shows_the_same_rows(line: str, real: Callable[[Client, str], str]) -> None:
    done(ADD)
    done("nats pub orders.placed first")
    done("nats consumer add ORDERS workers --pull --ack explicit --defaults")
    of_the_page, of_the_command = rows(done(line)), rows(real(SHELL, line))
    assert of_the_page == of_the_command


def test_the_flags_are_flags_of_the_real_command(real: Callable[[Client, str], str]) -> None:
    for command in ("pub", "sub", "stream add", "stream view", "consumer add"):
        line = f"nats {command} --help"
        known = set(re.findall(r"--(?:\[no-\])?([\w-]+)", done(line)))
        assert known <= set(re.findall(r"--(?:\[no-\])?([\w-]+)", real(SHELL, line))) | {"timeout"}


def test_aws_prints_the_same(real: Callable[[Client, str], str]) -> None:
    lines = [
        "aws sqs create-queue --queue-name jobs",
        """aws sqs send-message --queue-url "$Q" --message-body '{"task": "resize", "id": 7}'""",
        'aws sqs get-queue-attributes --queue-url "$Q" --attribute-names VisibilityTimeout',
        'aws sqs receive-message --queue-url "$Q" --wait-time-seconds 1',
        'aws sqs delete-message --queue-url "$Q" --receipt-handle nope',
        """aws sqs send-message --queue-url "${Q}no" --message-body x""",
        'aws sqs delete-queue --queue-url "${Q}no"',
    ]
    for line in lines:
        of_the_page = typed(line).text
        if "receive" in line:
            # Each hides the job from the other.
            typed(lines[1])
        assert shape(of_the_page) == shape(real(AWS, line)), line
