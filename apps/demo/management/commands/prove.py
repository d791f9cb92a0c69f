"""`manage.py prove`: the chaos test breaks a demo in every way, and checks its promises."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo.chaos.plan import run_plan
from apps.demo.supervisor.ports import free_ports

# These variables locate or tune a shop; the demo of the chaos test must not get them.
_TUNED = ("DEMO", "NATS_", "AWS_", "SQS_", "PRICE_", "FAILPOINTS", "LOG_", "PAGES", "PORT$")


class Command(BaseCommand):
    """Runs itself again, with the settings of a demo in a temporary folder."""

    help = "Start a demo in a temporary folder, break it in every way, and check the result."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--here", action="store_true", help="use DEMO_DIR and the ports given")

    def handle(self, *args: Any, here: bool, **options: Any) -> None:
        if here:
            self._run(settings.DEMO_DIR)
        else:
            self._run_elsewhere()

    def _run(self, folder: Path) -> None:
        self._began = time.monotonic()
        broken = 0
        for check in run_plan(folder, say=self._say):
            self.stdout.write(str(check))
            self.stdout.flush()
            broken += bool(check.broken)
        self._say("done")
        if broken:
            raise CommandError(f"{broken} checks have failed; the log is in {folder}")

    def _say(self, what: str) -> None:
        self.stderr.write(f"{time.monotonic() - self._began:5.0f} s  {what}")

    def _run_elsewhere(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="shop-chaos-"))
        process = subprocess.Popen(
            [sys.executable, "manage.py", "prove", "--here"],
            cwd=settings.BASE_DIR,
            env=environment(folder),
        )
        try:
            code = process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        if code:
            sys.exit(code)
        shutil.rmtree(folder)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a demo in that folder, on free ports."""
    ports = dict(zip(("PORT", "NATS_PORT", "AWS_PORT"), map(str, free_ports(3)), strict=True))
    elsewhere = "|".join((*settings.DEMO_ELSEWHERE, *_TUNED))
    kept = {name: value for name, value in os.environ.items() if not re.match(elsewhere, name)}
    return (
        kept
        | ports
        | {
            "DEMO": "true",
            "DEMO_DIR": str(folder),
            "NO_COLOR": "1",
            # Seconds after which beat reconciles; two minutes outside the chaos test.
            "RECONCILE_AFTER": "20",
        }
    )
