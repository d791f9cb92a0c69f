"""Options of Celery's command line; Celery reads each from a variable of the environment too.

This is a module of its own: it imports Celery's command line, which takes a third of a second.
"""

from collections.abc import Iterator

from celery.bin.celery import celery as command_line
from click import Command, Group, Option

PREFIX = "CELERY"


def _variables(command: Command, prefix: str) -> Iterator[str]:
    """Yield the variable of each option of the command and its subcommands, as click names it."""
    for parameter in command.params:
        if isinstance(parameter, Option) and parameter.allow_from_autoenv and parameter.name:
            yield f"{prefix}_{parameter.name.upper()}"
    if isinstance(command, Group):
        for name, each in command.commands.items():
            yield from _variables(each, f"{prefix}_{name.upper().replace('-', '_')}")


VARIABLES = frozenset(_variables(command_line, PREFIX))
