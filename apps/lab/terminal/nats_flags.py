"""Flags and arguments that several commands of `nats` have, and what reads their values."""

from collections.abc import Callable
from typing import Any

from apps.lab.terminal.nats_text import seconds_of
from apps.lab.terminal.tool import Argument, Flag

MOST_MESSAGES = 100
"""Of one line."""


def number(most: int) -> Callable[[str], int]:
    """Return what reads a whole number from 1 to `most`."""

    def reads(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ValueError(f"{text!r} is no number from 1 to {most:,}")
        return int(text)

    return reads


def one_of(*words: str, **called: str) -> Callable[[str], Any]:
    """Return what reads one of the words; `called` maps a word to its name at the server."""

    def reads(text: str) -> str:
        if text not in words and text not in called:
            raise ValueError(f"{text!r} is none of {', '.join([*words, *called])}")
        return called.get(text, text)

    return reads


def header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise ValueError(f"{text!r} is no header, such as Name:value")
    return name.strip(), value.strip()


SEQUENCE = number(2**62)
SUBJECT = Argument(name="subject", says="Subject to publish to")
BODY = Argument(name="body", says="Message body", default="", is_required=False)
STREAM = Argument(name="stream", says="Stream name")
CONSUMER = Argument(name="consumer", says="Consumer name")
HEADER = Flag(
    name="header",
    short="H",
    value="K:V",
    reads=header,
    is_list=True,
    says="Adds headers to the message using K:V format",
)
RAW = Flag(name="raw", short="r", says="Show the raw data received", default=False)
JSON = Flag(name="json", short="j", says="Produce JSON output", default=False)
NAMES = Flag(name="names", short="n", says="Show just the names", default=False)
DEFAULTS = Flag(name="defaults", says="Accept default values for all prompts", default=False)
COUNT = Flag(
    name="count", value="COUNT", reads=SEQUENCE, says="Quit after receiving this many messages"
)
TIMEOUT = Flag(
    name="timeout",
    value="DURATION",
    reads=seconds_of,
    default=5.0,
    says="Time to wait on responses from NATS",
)


def in_group(group: str, *words: str, short: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return `words` and `also` of a command whose group has shorter names."""
    return {"words": (group, *words), "also": tuple((each, *words) for each in short)}
