"""A line is split as a shell does it, and what else a shell does is refused."""

import pytest

from apps.lab.terminal.words import NotUnderstood, logical_lines, words_of

Q = {"Q": "http://127.0.0.1/jobs"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('nats sub "orders.>"', ["nats", "sub", "orders.>"]),
        ("""nats pub a '{"id": 42, "b": "$x"}'""", ["nats", "pub", "a", '{"id": 42, "b": "$x"}']),
        ('aws --queue-url "$Q"', ["aws", "--queue-url", "http://127.0.0.1/jobs"]),
        ("a ${Q}x $", ["a", "http://127.0.0.1/jobsx", "$"]),
        ("a \\\n  b", ["a", "b"]),
        ("a\\ b", ["a b"]),
        (r'"a\"b\c"', ['a"b\\c']),
        ("'' b", ["", "b"]),
        ("# a comment", []),
        ("a#b # c", ["a#b"]),
        ("a | 'b'".replace("|", "'|'"), ["a", "|", "b"]),
        ("* ~ [a]", ["*", "~", "[a]"]),
    ],
)
def test_a_line_has_these_words(line: str, words: list[str]) -> None:
    assert words_of(line, Q) == words


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nats sub a | grep b", "a pipe (|)"),
        ("nats sub a > file", "a redirection (>)"),
        ("nats sub orders.>", "a redirection (>)"),
        ("nats sub a & ", "a background job (&)"),
        ("nats sub a; ls", "a second command (;)"),
        ("nats pub a `ls`", "a substitution (`)"),
        ('nats pub a "`ls`"', "a substitution (`)"),
        ("nats pub a $(ls)", "a subshell (()"),
        ("nats pub a 'b", "The quote ' is not closed"),
        ("nats pub a \\", "nothing follows"),
        ("nats pub $HOME", "$HOME is not set. There are $Q and $RECEIPT_HANDLE"),
        ("aws $RECEIPT_HANDLE", "receive a message first"),
    ],
)
def test_what_is_of_a_shell_is_refused_in_words(line: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        words_of(line, Q)
    assert says in str(refused.value)


def test_a_line_that_ends_in_a_backslash_goes_on() -> None:
    assert logical_lines("a \\\n  b\n\nc\n") == ["a b", "c"]
