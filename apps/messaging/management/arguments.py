"""Readers of arguments on the command line; each error says what is right."""

import re
from argparse import ArgumentTypeError


def whole_number(text: str) -> int:
    """Return a whole number from 1 to 999,999,999."""
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 to 999,999,999")
    return int(text)
