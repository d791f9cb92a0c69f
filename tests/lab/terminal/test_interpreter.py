"""Commands, flags and help: what is known runs, and what is not is answered by what is known."""

import pytest

from apps.lab.patterns import PATTERNS, terminal
from apps.lab.terminal.help_text import completions
from apps.lab.terminal.interpreter import NOT_FOUND, understands
from apps.lab.terminal.tools import TOOLS
from tests.lab.terminal.typing import done, typed


def test_an_empty_line_does_nothing() -> None:
    assert done("  ") == ""


def test_an_unknown_program_is_answered_by_those_that_are_known() -> None:
    paper = typed("ls -l")
    assert (paper.code, paper.text) == (
        NOT_FOUND,
        "ls: command not found. This terminal knows nats, aws and help.",
    )


@pytest.mark.parametrize(
    ("line", "code", "says", "known"),
    [
        ("nats frob", 1, 'expected command but got "frob", use --help', "stream add"),
        ("nats stream frob", 1, 'expected command but got "frob", use --help', "stream add"),
        ("nats stream", 1, "error: a subcommand from the list below is required", "stream add"),
        ("aws sqs frob", 2, "Invalid choice, valid choices are:", "sqs receive-message"),
        ("aws s3 ls", 2, "Invalid choice, valid choices are:", "sqs receive-message"),
        ("aws sqs", 2, "arguments are required: operation", "sqs receive-message"),
        ("nats pub --nope", 1, "error: unknown long flag '--nope'", "--header=K:V"),
        ("nats pub -Z", 1, "error: unknown short flag '-Z'", "--header=K:V"),
        ("nats pub", 1, "error: required argument 'subject' not provided", "usage: nats pub"),
        ("nats pub a b c", 1, "error: unexpected argument c", "usage: nats pub"),
        ("nats pub a --count", 1, "error: expected argument for flag '--count'", "--count=1"),
        ("nats pub a --count 1000", 1, "'1000' is no number from 1 to 100", "--count"),
        ("nats pub a -H nothing", 1, "is no header, such as Name:value", "--header"),
        ("nats sub", 1, "No subjects or --stream flag provided", "--stream=STREAM"),
        ("nats pub a --timeout soon", 1, "'soon' is no duration", "--timeout"),
        ("nats stream add A --subjects a --storage tape", 1, "none of file, memory", "--storage"),
        ("aws sqs receive-message --nope 3", 255, "Unknown options: --nope", "--wait-time-seconds"),
        (
            "aws sqs send-message --queue-url x",
            2,
            "aws: error: the following arguments are required: --message-body",
            "--delay-seconds",
        ),
        (
            "aws sqs receive-message --queue-url x --wait-time-seconds 21",
            255,
            "must be >= 0 and <= 20",
            "--wait-time-seconds",
        ),
        ("export HOME=/", 2, "export sets Q or RECEIPT_HANDLE", ""),
    ],
)
def test_what_is_unknown_is_answered_by_what_is_known(
    line: str, code: int, says: str, known: str
) -> None:
    paper = typed(line)
    assert paper.code == code
    assert says in paper.text
    assert known in paper.text


@pytest.mark.parametrize(
    ("line", "shows"),
    [
        ("help", "Ctrl-C ends what runs"),
        ("nats", "consumer next"),
        ("nats --help", "consumer next"),
        ("nats stream --help", "stream get"),
        ("nats sub --help", "--queue=QUEUE"),
        ("nats consumer next --help", "--[no-]ack"),
        ("aws sqs help", "sqs delete-message"),
        ("aws sqs receive-message help", "--max-number-of-messages=<value>"),
        ("aws sqs receive-message --help", "--max-number-of-messages=<value>"),
    ],
)
def test_help_shows_what_there_is(line: str, shows: str) -> None:
    assert shows in done(line)


def test_an_export_sets_a_variable_for_later_lines() -> None:
    paper = typed("export RECEIPT_HANDLE='a=b'")
    assert (paper.code, paper.variables) == (0, {"RECEIPT_HANDLE": "a=b"})


def test_every_line_of_the_pages_runs_here_unless_it_is_for_a_shell() -> None:
    left_out = {
        (pattern.slug, "manage.py" in each.line)
        for pattern in PATTERNS
        for each in terminal.commands(pattern)
        if not each.runs
    }
    assert left_out == {("celery", True)}


def test_a_line_is_understood_without_being_run() -> None:
    assert understands('aws sqs delete-message --queue-url "$Q" --receipt-handle "$RECEIPT_HANDLE"')
    assert not understands("nats pub")
    assert not understands("curl localhost")


def test_every_command_can_be_completed_word_by_word() -> None:
    known = completions()
    for tool in TOOLS.values():
        assert tool.name in known[""]
        for command in tool.commands:
            for length, word in enumerate(command.words):
                assert word in known[" ".join([tool.name, *command.words[:length]])]
            flags = known[f"{tool.name} {command.name}"]
            assert {f"--{each.name}" for each in command.flags} <= set(flags)
