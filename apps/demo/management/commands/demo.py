"""`manage.py demo`: the whole shop on this machine, servers included, until Ctrl-C."""

from argparse import REMAINDER
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import execute_from_command_line
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo import environment, folder, ports
from apps.demo.errors import CannotRun
from apps.demo.start import check_addresses, run_demo


class Command(BaseCommand):
    help = "Run the whole shop on this machine, servers included, until Ctrl-C."
    # Our own errors, of one line, come before those of Django's checks.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reload", action="store_true", help="start a process again when a file of it changes"
        )
        parser.add_argument(
            "--leave-out",
            action="append",
            default=[],
            choices=["web", *settings.WORKERS],
            help="a process that you start yourself, as in a debugger",
        )
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--env", action="store_true", help="print variables for a shell")
        instead.add_argument("--reset", action="store_true", help="delete all that the demo keeps")
        instead.add_argument(
            "--manage", nargs=REMAINDER, help="run a management command on what the demo keeps"
        )

    def handle(
        self,
        *args: Any,
        env: bool,
        reset: bool,
        reload: bool,
        leave_out: list[str],
        manage: list[str] | None,
        **options: Any,
    ) -> None:
        try:
            if env or manage is not None:
                ports.use_those_of_the_running_demo(settings.DEMO_DIR)
            if env:
                environment.check_something_runs()
                self.stdout.write(environment.exports())
            elif reset:
                folder.wipe(settings.DEMO_DIR)
            elif manage is not None:
                check_addresses()
                folder.check_in_use(settings.DEMO_DIR)
            else:
                # Here once, because each process would fail by it.
                self.check(tags=[Tags.security])
                run_demo(reload=reload, left_out=leave_out)
        except CannotRun as error:
            raise CommandError(str(error)) from error
        if manage is not None:
            execute_from_command_line(["manage.py", *manage])
