"""`manage.py doctor`: what will fail here, what may lead astray, and the mend, one line each."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.finding import Health
from orders_site.doctor import gathering, report, shell


class Command(BaseCommand):
    """Runs where Django can start; where it cannot, `doctor/beforehand.py` says why."""

    help = (
        "Look at this machine, the shell, the settings and the servers, and change nothing."
        " Exit code 1: something will fail; warnings alone are 0."
    )
    # They are findings.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON, for scripts")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        of_the_demo = shell.means_the_demo(os.environ)
        found = gathering.findings(of_the_demo=of_the_demo)
        if json:
            self.stdout.write(report.as_json(found, of_the_demo=of_the_demo))
        else:
            text = report.as_text(found, of_the_demo=of_the_demo, paint=self._paint)
            self.stdout.write(f"{text}\n")
        summary = report.summary(found)
        if report.is_broken(found):
            raise CommandError(summary)
        if not json:
            self.stdout.write(summary)

    def _paint(self, state: Health, text: str) -> str:
        if os.environ.get("NO_COLOR"):
            return text
        styles = {
            "ok": self.style.SUCCESS,
            "skipped": self.style.HTTP_INFO,
            "warning": self.style.WARNING,
            "broken": self.style.ERROR,
        }
        painted: str = styles[state](text)
        return painted
