"""Help as text: of the terminal, of a program, and of one of its commands."""

from collections.abc import Sequence

from apps.lab.terminal.tool import Flag, Tool, ToolCommand
from apps.lab.terminal.tools import TOOLS

ABOUT = """\
This terminal runs lines of nats and aws on the brokers of this shop. It is no shell.

  nats --help                  what it knows of nats
  nats sub --help              the flags of one command
  aws sqs help                 what it knows of aws
  export RECEIPT_HANDLE='...'  sets a variable; $Q is the URL of the queue jobs
  clear                        empties the screen

Tab completes, the arrow keys go through the history, Ctrl-C ends what runs."""


def of(tool: Tool, words: Sequence[str]) -> list[str]:
    """Return the help of a program, of a group of its commands, or of the command that is named.

    Raises `NotUnderstood` if there is none.
    """
    named = [each for each in tool.commands if each.words[: len(words)] == tuple(words)]
    if len(named) > 1:
        return _of_several(tool, named)
    command, _ = tool.command_of(words)
    return of_command(tool, command)


def _of_several(tool: Tool, commands: Sequence[ToolCommand]) -> list[str]:
    width = max(len(each.name) for each in commands)
    return [
        f"usage: {tool.name} <command> [<flags>] [<args> ...]",
        "",
        f"{tool.says}, as far as this terminal knows it",
        "",
        "Commands:",
        *(f"  {each.name:<{width}}  {each.says}" for each in commands),
    ]


def of_command(tool: Tool, command: ToolCommand) -> list[str]:
    """Return the usage, the arguments and the flags of a command."""
    places = [
        f"<{each.name}>" if each.is_required else f"[<{each.name}>]" for each in command.arguments
    ]
    required = [f"--{each.name}={each.value}" for each in command.flags if each.is_required]
    usage = " ".join([tool.name, command.name, *required, "[<flags>]", *places])
    arguments = [(f"<{each.name}>", each.says) for each in command.arguments]
    flags = [(_flag(each), each.says) for each in (*command.flags, *tool.flags)]
    return [
        f"usage: {usage}",
        "",
        command.says,
        *_part("Args", arguments),
        *_part("Flags", flags),
    ]


def _flag(flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    name = f"[no-]{flag.name}" if flag.can_be_negated else flag.name
    return f"{short}--{name}={flag.value}" if flag.value else f"{short}--{name}"


def _part(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    width = max(len(name) for name, _ in rows)
    return ["", f"{title}:", *(f"  {name:<{width}}  {says}" for name, says in rows)]


def completions() -> dict[str, list[str]]:
    """Return what may follow each beginning: `nats stream` → its commands, `nats sub` → flags."""
    found: dict[str, list[str]] = {"": [*TOOLS, "help", "clear", "export"]}
    for tool in TOOLS.values():
        _add_commands(tool, found)
    return found


def _add_commands(tool: Tool, found: dict[str, list[str]]) -> None:
    for command in tool.commands:
        words = (tool.name, *command.words)
        for length in range(1, len(words)):
            after = found.setdefault(" ".join(words[:length]), [])
            if words[length] not in after:
                after.append(words[length])
        flags = [f"--{each.name}" for each in (*command.flags, *tool.flags)]
        found[" ".join(words)] = [*command.names, *flags]
