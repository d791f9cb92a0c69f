"""`manage.py prove`: break a demo in every way, and count what its promises are worth."""

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

from apps.demo.chaos.plan import prove
from apps.demo.supervisor.ports import free_ports

# Where a shop is, as all of these say, or how it is tuned; this one is another.
_TUNED = ("DEMO", "NATS_", "AWS_", "SQS_", "PRICE_", "SEAMS", "LOG_", "PAGES", "PORT$")


class Command(BaseCommand):
    """Calls itself once more, with the settings of a demo in a folder of its own."""

    help = "Start a demo in a temporary folder, break it in every way, and count."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--here", action="store_true", help="use DEMO_DIR and the ports given")

    def handle(self, *args: Any, here: bool, **options: Any) -> None:
        if here:
            self._prove(settings.DEMO_DIR)
        else:
            self._prove_elsewhere()

    def _prove(self, folder: Path) -> None:
        self._began = time.monotonic()
        broken = 0
        for promise in prove(folder, say=self._say):
            self.stdout.write(str(promise))
            self.stdout.flush()
            broken += bool(promise.broken)
        self._say("done")
        if broken:
            raise CommandError(f"{broken} promises are broken; what was said stands in {folder}")

    def _say(self, what: str) -> None:
        self.stderr.write(f"{time.monotonic() - self._began:5.0f} s  {what}")

    def _prove_elsewhere(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="shop-proof-"))
        proof = subprocess.Popen(
            [sys.executable, "manage.py", "prove", "--here"],
            cwd=settings.BASE_DIR,
            env=environment(folder),
        )
        try:
            code = proof.wait()
        except BaseException:
            proof.send_signal(signal.SIGINT)
            proof.wait()
            raise
        if code:
            sys.exit(code)
        shutil.rmtree(folder)


def environment(folder: Path) -> dict[str, str]:
    """Return ours, but for a demo of its own in that folder, on ports of its own."""
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
            # Beat's patience with what seems lost; two minutes outside a proof.
            "RECONCILE_AFTER": "20",
        }
    )
