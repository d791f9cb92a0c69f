"""The real `aws` prints the same for the same line, and ends with the same code."""

import pytest

from apps.lab.terminal.aws_table import SQS
from tests.lab.terminal.real_tools import RealTerminal, command_of, compare
from tests.lab.terminal.typing import done, typed

LINES = (
    "aws sqs create-queue --queue-name jobs",
    "aws sqs get-queue-url --queue-name jobs",
    """aws sqs send-message --queue-url "$Q" --message-body '{"task": "resize", "id": 7}'""",
    'aws sqs get-queue-attributes --queue-url "$Q" --attribute-names VisibilityTimeout',
    'aws sqs get-queue-attributes --queue-url "$Q" --attribute-names All',
    'aws sqs get-queue-attributes --queue-url "$Q"',
    'aws sqs receive-message --queue-url "$Q" --max-number-of-messages 10 --visibility-timeout 0',
    'aws sqs receive-message --queue-url "$Q" --attribute-names All --visibility-timeout 0',
    'aws sqs receive-message --queue-url "${Q}empty" --wait-time-seconds 1',
)
"""With a job in the queue."""
ERRORS = (
    'aws sqs send-message --queue-url "$Q" --message-body x --delay-seconds 1000',
    'aws sqs receive-message --queue-url "$Q" --max-number-of-messages 11',
    'aws sqs delete-message --queue-url "$Q" --receipt-handle nope',
    'aws sqs change-message-visibility --queue-url "$Q" --receipt-handle no --visibility-timeout 5',
    'aws sqs send-message --queue-url "${Q}no" --message-body x',
    'aws sqs get-queue-attributes --queue-url "${Q}no" --attribute-names All',
    "aws sqs get-queue-url --queue-name none",
    'aws sqs delete-queue --queue-url "${Q}no"',
)
"""SQS's own."""
DELETE = 'aws sqs delete-message --queue-url "$Q" --receipt-handle "$RECEIPT_HANDLE"'
HIDE = (
    'aws sqs change-message-visibility --queue-url "$Q" --receipt-handle "$RECEIPT_HANDLE" '
    "--visibility-timeout 5"
)


@pytest.fixture
def queue(real: RealTerminal) -> RealTerminal:
    """The queue `jobs` with a job, and an empty one."""
    for line in (
        "aws sqs create-queue --queue-name jobs",
        "aws sqs create-queue --queue-name jobsempty",
        'aws sqs send-message --queue-url "$Q" --message-body first',
    ):
        done(line)
    return real


def test_every_command_is_compared() -> None:
    compared = {command_of(line).name for line in (*LINES, *ERRORS, DELETE, HIDE)}
    assert compared == {each.name for each in SQS}


@pytest.mark.parametrize("line", LINES + ERRORS)
def test_aws_prints_the_same(line: str, queue: RealTerminal) -> None:
    compare(line, queue)


@pytest.mark.parametrize("line", [HIDE, DELETE])
def test_a_handle_does_the_same(line: str, queue: RealTerminal) -> None:
    done('aws sqs send-message --queue-url "$Q" --message-body second')

    def handle() -> dict[str, str]:
        return typed('aws sqs receive-message --queue-url "$Q"').variables

    of_the_page, of_the_command = typed(line, **handle()), queue.typed(line, **handle())
    assert (of_the_page.code, of_the_page.text) == (of_the_command.code, of_the_command.text)


def test_an_own_queue_is_deleted_without_a_word(queue: RealTerminal) -> None:
    line = 'aws sqs delete-queue --queue-url "${Q}empty"'
    of_the_page = typed(line)
    done("aws sqs create-queue --queue-name jobsempty")
    of_the_command = queue.typed(line)
    assert (of_the_page.code, of_the_page.text) == (of_the_command.code, of_the_command.text)
