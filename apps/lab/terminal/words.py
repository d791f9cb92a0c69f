"""Splits a line into words: quotes, `\\` and two variables, and nothing else of a shell."""

import re
from collections.abc import Mapping

VARIABLES = ("Q", "RECEIPT_HANDLE")
"""The URL of the queue `jobs`, and the handle of the newest receive."""
_OF_A_SHELL = {"|": "a pipe", ">": "a redirection", "<": "a redirection", "&": "a background job"}
_OF_A_SHELL |= {
    ";": "a second command",
    "`": "a substitution",
    "(": "a subshell",
    ")": "a subshell",
}
_NAME = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_ESCAPED_IN_QUOTES = '"\\$`\n'


class NotUnderstood(Exception):
    """The line is not for this terminal; the text says why, and what it knows.

    `code` is that of the program; without one it is a shell's for what it cannot read.
    """

    def __init__(self, text: str, *, code: int = 2, shows_usage: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.shows_usage = shows_usage


def words_of(line: str, variables: Mapping[str, str]) -> list[str]:
    """Return the words of a line, without a comment. Raises `NotUnderstood`."""
    return _Splitting(line, variables).words()


def logical_lines(text: str) -> list[str]:
    """Return the lines of a text to copy: one that ends in `\\` goes on in the next."""
    return [line for line in re.sub(r"\\\n\s*", "", text).split("\n") if line.strip()]


class _Splitting:
    """One line, read from left to right; a word is None between two words."""

    def __init__(self, line: str, variables: Mapping[str, str]) -> None:
        self._line = line.strip()
        self._variables = variables
        self._at = 0
        self._quote = ""
        self._word: str | None = None
        self._words: list[str] = []

    def words(self) -> list[str]:
        while self._at < len(self._line):
            sign = self._line[self._at]
            if sign == "#" and self._word is None and not self._quote:
                break
            self._at += 1
            self._read(sign)
        if self._quote:
            raise NotUnderstood(f"The quote {self._quote} is not closed.")
        self._end_word()
        return self._words

    def _read(self, sign: str) -> None:
        match sign, self._quote:
            case (("'" | '"'), "") | ("'", "'") | ('"', '"'):
                self._quote = "" if self._quote else sign
                self._add("")
            case _, "'":
                self._add(sign)
            case "\\", _:
                self._add_if_any(self._escaped())
            case "$", _:
                self._add(self._variable())
            case _, '"' if sign != "`":
                self._add(sign)
            case (("|" | ">" | "<" | "&" | ";" | "`" | "(" | ")"), _):
                raise NotUnderstood(
                    f"This is no shell: {_OF_A_SHELL[sign]} ({sign}) is not understood. "
                    "Put it in quotes if it belongs to a word."
                )
            case _ if sign.isspace():
                self._end_word()
            case _:
                self._add(sign)

    def _escaped(self) -> str:
        if self._at == len(self._line):
            raise NotUnderstood("The line ends in \\, and nothing follows.")
        sign = self._line[self._at]
        self._at += 1
        if self._quote and sign not in _ESCAPED_IN_QUOTES:
            return "\\" + sign
        return "" if sign == "\n" else sign

    def _variable(self) -> str:
        found = _NAME.match(self._line, self._at - 1)
        if found is None:
            return "$"
        self._at = found.end()
        name = found[1] or found[2]
        if value := self._variables.get(name):
            return value
        if name == "RECEIPT_HANDLE":
            raise NotUnderstood("RECEIPT_HANDLE is not set: receive a message first.")
        raise NotUnderstood(
            f"${name} is not set. There are ${' and $'.join(VARIABLES)}. "
            "In single quotes it stays as it is."
        )

    def _add(self, text: str) -> None:
        self._word = (self._word or "") + text

    def _add_if_any(self, text: str) -> None:
        """Add it; a line that goes on is no word by itself."""
        if text:
            self._add(text)

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
        self._word = None
