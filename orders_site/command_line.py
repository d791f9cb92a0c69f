"""Django's command line, which prints one line for each failed check, as processes do."""

import sys
from argparse import ArgumentError, ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.checks import ERROR, run_checks
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand, SystemCheckError, handle_default_options

from orders_site.checks import startup

_OF_THE_CHECKS = ("app_configs", "tags", "include_deployment_checks", "databases")


def settings_named(arguments: Sequence[str]) -> str:
    """Return the module that `--settings` names, or an empty string; apply `--pythonpath`."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--settings", default="")
    parser.add_argument("--pythonpath")
    try:
        options, _ = parser.parse_known_args(arguments)
    except ArgumentError:  # An option without its value: the command says so.
        return ""
    handle_default_options(options)
    named: str = options.settings
    return named


class CommandLine(ManagementUtility):
    """Django's command line without the frame around failed checks."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand == "runserver" == self.argv[1]:
            # It serves in a thread, whose `sys.exit` would not end the process.
            startup.require_valid_settings(serving_pages=True)
        command = super().fetch_command(subcommand)
        check = command.check

        def check_by_lines(**options: Any) -> None:
            try:
                check(**options)
            except SystemCheckError:
                asked = {name: options[name] for name in _OF_THE_CHECKS if name in options}
                level = options.get("fail_level", ERROR)
                found = [each for each in run_checks(**asked) if each.is_serious(level)]
                sys.exit("\n".join(map(startup.line_of, found)))

        command.check = check_by_lines  # type: ignore[assignment,method-assign]
        return command
