"""The real `nats` and `aws` name a fault of a line as the page does, and end with its code."""

import re

import pytest

from tests.lab.terminal.real_tools import RealTerminal, error_of
from tests.lab.terminal.typing import done, typed

NOT_UNDERSTOOD = (
    "nats pub",
    "nats pub a b c",
    "nats pub a b --nope",
    "nats pub a b -Z",
    "nats pub a --count",
    "nats sub",
    "nats stream",
    "nats stream frob",
    "nats frob",
    "nats consumer next ORDERS",
    "aws sqs",
    "aws sqs frob",
    "aws sqs send-message",
    'aws sqs send-message --queue-url "$Q"',
    "aws sqs send-message --queue-url",
    'aws sqs receive-message --queue-url "$Q" --nope',
    'aws sqs receive-message --queue-url "$Q" extra',
)
WRONG_VALUES = (
    "nats pub a b --count many",
    "nats pub a b -H nothing",
    "nats consumer next ORDERS workers --timeout soon",
    "nats stream add ORDERS --subjects a --storage tape --defaults",
    "nats consumer add ORDERS some --pull --ack maybe --defaults",
    "nats stream get ORDERS many",
    'aws sqs send-message --queue-url "$Q" --message-body x --delay-seconds many',
    'aws sqs receive-message --queue-url "$Q" --wait-time-seconds 21',
)
THERE_IS_NONE = (
    ("nats stream info NONE", "--no-select"),
    ("nats consumer info ORDERS none", "--no-select"),
    ("nats consumer info NONE none", "--no-select"),
    ("nats consumer ls NONE", "--no-select"),
    ("nats stream get NONE 1", "</dev/null"),
    ("nats consumer report NONE", "</dev/null"),
)
"""A line, and what keeps the real command from offering a choice."""


@pytest.mark.parametrize("line", NOT_UNDERSTOOD)
def test_a_line_that_is_not_understood(line: str, real: RealTerminal) -> None:
    of_the_page, of_the_command = typed(line), real.typed(line)
    assert error_of(of_the_page.text) == error_of(of_the_command.text)
    assert of_the_page.code == of_the_command.code


@pytest.mark.parametrize("line", WRONG_VALUES)
def test_a_value_that_is_wrong(line: str, real: RealTerminal) -> None:
    """Go and Python each have words of their own for it; both print one line and no usage."""
    of_the_page, of_the_command = typed(line), real.typed(line)
    assert of_the_page.code == of_the_command.code
    for text in (of_the_page.text, of_the_command.text):
        assert len(text.strip().splitlines()) == 1, text
        assert text.startswith("nats: error: " if line.startswith("nats") else "\n")


@pytest.mark.parametrize(("line", "without_a_choice"), THERE_IS_NONE)
def test_what_there_is_none_of(line: str, without_a_choice: str, real: RealTerminal) -> None:
    done("nats stream add ORDERS --subjects 'orders.>' --defaults")
    of_the_page, of_the_command = typed(line), real.typed(f"{line} {without_a_choice}")
    assert of_the_page.code == of_the_command.code == 1
    if without_a_choice == "--no-select":
        assert of_the_page.text == of_the_command.text.strip()
    else:
        # It says further that there is no terminal to offer the choice in.
        begins = of_the_page.text.rpartition(":")[0]
        assert of_the_command.text.startswith(begins)


@pytest.mark.parametrize(
    "command", ["pub", "sub", "stream add", "stream view", "stream get", "consumer add"]
)
def test_the_flags_are_flags_of_the_real_command(command: str, real: RealTerminal) -> None:
    flags = r"--(?:\[no-\])?([\w-]+)"
    line = f"nats {command} --help"
    known = set(re.findall(flags, done(line)))
    assert known <= set(re.findall(flags, real.typed(line).text)) | {"timeout"}
