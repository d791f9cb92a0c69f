"""`manage.py follow KEY < LOG`: the way of one key, and the lines of the log that belong to it."""

import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.names import KEY
from apps.messaging.operations.journey import journey_of, traces_of
from apps.messaging.operations.trace_viewer import page_of


class Command(BaseCommand):
    help = f"Show the way of one {KEY}: its hops, its traces, and its lines of a log on stdin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help=f"the id of the {KEY}")

    def handle(self, *args: Any, key: str, **options: Any) -> None:
        hops, traces = journey_of(key), traces_of(key)
        if not hops and sys.stdin.isatty():
            raise CommandError(f"nothing is known of {KEY} {key}; its messages are kept for a day")
        for hop in hops:
            self.stdout.write(f"{hop.at:%Y-%m-%d %H:%M:%S.%f} {hop.kind} {hop.name}")
        for trace, is_kept in traces.items():
            self.stdout.write(f"trace {trace} {page_of(trace) if is_kept else ''}".rstrip())
        if sys.stdin and not sys.stdin.isatty():  # None where it is closed.
            if isinstance(sys.stdin, TextIOWrapper):
                sys.stdin.reconfigure(errors="replace")  # A log may have a line that is no text.
            for line in lines_about((key, *traces), sys.stdin):
                self.stdout.write(line, ending="")


def lines_about(ids: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """Yield each line that names one of the ids, and the indented lines of its traceback."""
    wanted, is_ours = tuple(ids), False
    for line in lines:
        # Compose and the demo print the process before each line.
        text = line.partition(" | ")[2] or line
        if not (is_ours and text.startswith("  ")):
            is_ours = any(each in line for each in wanted)
        if is_ours:
            yield line
