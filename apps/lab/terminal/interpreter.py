"""Runs one line of the terminal: a command of a program, `help` or `export`."""

from collections.abc import Mapping

from apps.lab.terminal import help_text
from apps.lab.terminal.tool import LineValues, Screen, Tool, ToolCommand, read_line
from apps.lab.terminal.tools import TOOLS
from apps.lab.terminal.words import VARIABLES, NotUnderstood, words_of
from apps.messaging.errors import MessagingError

HELP = "--help"
NOT_FOUND = 127
"""The code with which a shell ends for an unknown program."""


async def run_line(line: str, variables: Mapping[str, str], screen: Screen) -> int:
    """Run a line, which prints on the screen; return its code, 0 if it did what it says."""
    try:
        match words_of(line, variables):
            case []:
                return 0
            case ["help"]:
                _say(help_text.ABOUT.split("\n"), screen)
            case ["export", assignment]:
                _export(assignment, screen)
            case [name, *words] if name in TOOLS:
                return await _run(TOOLS[name], words, screen)
            case [name, *_]:
                screen.say(f"{name}: command not found. This terminal knows nats, aws and help.")
                return NOT_FOUND
    except NotUnderstood as error:
        _say(str(error).split("\n"), screen)
        return error.code
    return 0


def understands(line: str) -> bool:
    """Return whether this terminal could run the line; it is not run."""
    try:
        _command_of(line)
    except NotUnderstood:
        return False
    return True


def _command_of(line: str) -> tuple[Tool, ToolCommand, LineValues]:
    name, *words = words_of(line, dict.fromkeys(VARIABLES, "set"))
    if name not in TOOLS:
        raise NotUnderstood(name)
    command, rest = TOOLS[name].command_of(words)
    return TOOLS[name], command, read_line(TOOLS[name], command, rest)


async def _run(tool: Tool, words: list[str], screen: Screen) -> int:
    if _asks_for_help(tool, words):
        _say(
            help_text.of(tool, [word for word in words if word not in (HELP, tool.help_word)]),
            screen,
        )
        return 0
    command, rest = tool.command_of(words)
    try:
        await command.does(read_line(tool, command, rest), screen)
    except NotUnderstood as error:
        text = tool.errors.with_usage(error, help_text.of_command(tool, command))
        raise NotUnderstood(text, code=error.code) from error
    except MessagingError as error:
        failed = tool.errors.failed.about(error)
        _say(str(failed).split("\n"), screen)
        return failed.code
    return 0


def _asks_for_help(tool: Tool, words: list[str]) -> bool:
    asks = (HELP, tool.help_word) if tool.help_word else (HELP,)
    return not words or HELP in words or words[-1] in asks


def _export(assignment: str, screen: Screen) -> None:
    name, equals, value = assignment.partition("=")
    if not equals or name not in VARIABLES:
        raise NotUnderstood(
            f"export sets {' or '.join(VARIABLES)}, as in export {VARIABLES[1]}='...'"
        )
    screen.set(name, value)


def _say(lines: list[str], screen: Screen) -> None:
    for line in lines:
        screen.say(line)
