"""Escapes control characters of foreign text, so that a terminal does not obey them."""

import re

# All of C0 and C1, DEL, and characters that change the direction of text or break a line.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


def escaped(text: str, *, keep: str = "") -> str:
    r"""Return the text with each control character as in Python, `\x1b`, except those in `keep`.

    If line breaks are kept, indent the text: its author could imitate lines of our own.
    """
    return _CONTROLS.sub(lambda found: _shown(found[0], keep), text)


def _shown(character: str, keep: str) -> str:
    return character if character in keep else character.encode("unicode_escape").decode()
