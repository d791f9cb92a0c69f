"""The shape of a tool's table: its commands, their arguments and flags; reads a line by it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from apps.lab.terminal.tool_errors import ToolErrors

type LineValues = dict[str, Any]
"""The values of a line: the name of an argument or flag → its value, also where it is the default.

A flag without a value is True or False, one that may be repeated a list.
"""


class Screen(Protocol):
    """Where a line prints, and keeps a variable for the lines after it."""

    def say(self, text: str = "") -> None: ...

    def set(self, name: str, value: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A word at its own place. `reads` may raise `ValueError`."""

    name: str
    says: str
    reads: Callable[[str], Any] = str
    default: Any = None
    is_required: bool = True


@dataclass(frozen=True, kw_only=True)
class Flag:
    """`--name`; with a `value`, the word in the help, it takes one. `reads` may raise `ValueError`.

    `is_list` takes several: by repeating it, or, with `takes_words`, all words up to the next flag.
    """

    name: str
    says: str
    value: str = ""
    short: str = ""
    reads: Callable[[str], Any] = str
    default: Any = None
    can_be_negated: bool = False
    is_list: bool = False
    takes_words: bool = False
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class ToolCommand:
    """One command, such as `stream add`, and the function that does it."""

    words: tuple[str, ...]
    says: str
    does: Callable[[LineValues, Screen], Awaitable[None]]
    arguments: tuple[Argument, ...] = ()
    flags: tuple[Flag, ...] = ()
    names: tuple[str, ...] = ()
    """Names of this shop that Tab offers."""
    also: tuple[tuple[str, ...], ...] = ()
    """Further spellings."""

    @property
    def spellings(self) -> tuple[tuple[str, ...], ...]:
        return (self.words, *self.also)

    @property
    def name(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program: its commands, the flags of all of them, and its errors.

    `help_word` is a last word that asks for help.
    """

    name: str
    says: str
    commands: tuple[ToolCommand, ...]
    flags: tuple[Flag, ...] = ()
    errors: ToolErrors
    help_word: str = ""

    def command_of(self, words: Sequence[str]) -> tuple[ToolCommand, Sequence[str]]:
        """Return the command that the words begin with, and the others. Raises `NotUnderstood`."""
        for command in self.commands:
            for spelling in command.spellings:
                if tuple(words[: len(spelling)]) == spelling:
                    return command, words[len(spelling) :]
        knows = f"This terminal knows: {', '.join(each.name for each in self.commands)}"
        groups = {spelling[0] for each in self.commands for spelling in each.spellings}
        unknown = words[1:2] if words[0] in groups else words[:1]
        if not unknown:
            raise self.errors.no_command.about(knows=knows)
        raise self.errors.unknown_command.about(unknown[0], knows=knows)


@dataclass
class _Reading:
    """The rest of one line, as it is read."""

    tool: Tool
    command: ToolCommand
    words: list[str]
    given: LineValues = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def flag(self, text: str) -> None:
        name, equals, value = text.lstrip("-").partition("=")
        if not text.startswith("--"):
            # As `-H A:b` or `-HA:b`.
            name, value = text[1:2], text[2:]
        known, is_negated = self._known(text, name)
        if not known.value:
            self.given[known.name] = not is_negated
            if equals:  # As the real program: it is a word of the line, which nothing expects.
                self.places.append(value)
        elif known.takes_words:
            first = [value] if equals else []
            self.given[known.name] = [*first, *self._words_up_to_a_flag()]
        else:
            text = value if equals or value else self._next(known)
            self._set(known, read(self.tool, known, text))

    def _known(self, text: str, name: str) -> tuple[Flag, bool]:
        is_short = not text.startswith("--")
        for each in (*self.command.flags, *self.tool.flags):
            if name == (each.short if is_short else each.name):
                return each, False
            if each.can_be_negated and not is_short and name == f"no-{each.name}":
                return each, True
        errors = self.tool.errors
        raise (errors.unknown_short_flag if is_short else errors.unknown_flag).about(text)

    def _set(self, known: Flag, value: Any) -> None:
        self.given[known.name] = (
            [*self.given.get(known.name, []), value] if known.is_list else value
        )

    def _next(self, known: Flag) -> str:
        if not self.words:
            raise self.tool.errors.no_value.about(known.name)
        return self.words.pop(0)

    def _words_up_to_a_flag(self) -> list[str]:
        taken = []
        while self.words and not self.words[0].startswith("--"):
            taken.append(self.words.pop(0))
        return taken


def read_line(tool: Tool, command: ToolCommand, words: Sequence[str]) -> LineValues:
    """Return the values of a command's words. Raises `NotUnderstood`."""
    reading = _Reading(tool, command, list(words))
    while reading.words:
        word = reading.words.pop(0)
        if word.startswith("-") and len(word) > 1 and not word[1].isdigit():
            reading.flag(word)
        else:
            reading.places.append(word)
    flags = (*command.flags, *tool.flags)
    missing = [
        f"--{each.name}" for each in flags if each.is_required and each.name not in reading.given
    ]
    missing += [each.name for each in command.arguments[len(reading.places) :] if each.is_required]
    if missing:
        raise tool.errors.of_missing(missing)
    if further := reading.places[len(command.arguments) :]:
        raise tool.errors.unexpected_word.about(" ".join(further))
    given = {each.name: [] if each.is_list else each.default for each in flags}
    given |= {each.name: each.default for each in command.arguments}
    given |= {
        each.name: read(tool, each, text)
        for each, text in zip(command.arguments, reading.places, strict=False)
    }
    return given | reading.given


def read(tool: Tool, known: Flag | Argument, text: str) -> Any:
    """Return the value of an argument or a flag. Raises `NotUnderstood`."""
    name = f"--{known.name}" if isinstance(known, Flag) else known.name
    try:
        return known.reads(text)
    except ValueError as error:
        raise tool.errors.failed.about(f"{name} is wrong: {error}") from error
