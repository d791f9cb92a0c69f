"""`manage.py fault`: the lab's faults from a terminal; the pages show the same ones."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.lab.faults.open_polls import POLLING, OpenPolls
from apps.lab.models import Fault
from apps.lab.queries import faults_on
from apps.lab.services import LONGEST, LONGEST_DELAY_SECONDS, switch_off, switch_on
from apps.messaging import hooks
from apps.messaging.events.streams import declared_consumers
from apps.messaging.hooks import faults
from apps.messaging.management.arguments import number_between, whole_number
from apps.messaging.text_table import text_table

REPORTED_WITHIN = timedelta(seconds=10)
"""In which a worker reads the table and reports a poll that it leaves out: two heartbeats."""
LONGEST_NAME = 64
RATE = number_between(0, 1)
DELAY = number_between(0, LONGEST_DELAY_SECONDS)
LASTS = number_between(1, LONGEST.total_seconds())


class Command(BaseCommand):
    help = "Break messages on purpose at a hook: list, points, on, off."

    def add_arguments(self, parser: CommandParser) -> None:
        doings = parser.add_subparsers(dest="doing", required=True)
        doings.add_parser("list", help="what is on")
        doings.add_parser("points", help="where something can be broken, and how")
        on = doings.add_parser("on", help="switch one on: fault on consumer.fetched delay")
        on.add_argument("point")
        on.add_argument("action", type=faults.name_of, choices=faults.ACTIONS)
        on.add_argument("--rate", type=RATE, default=1.0, help="the part of the messages, 0 to 1")
        on.add_argument("--seconds", type=DELAY, default=1.0, help="of a delay")
        on.add_argument("--for", dest="lasts", type=LASTS, default=60.0, help="seconds until off")
        on.add_argument(
            "--consumer", type=_consumer, default="", help="one durable, queue or group alone"
        )
        on.add_argument(
            "--first", type=whole_number, help="only the first N deliveries of a message"
        )
        off = doings.add_parser("off", help="switch one off, or all")
        off.add_argument("point", nargs="?", default="")

    def handle(self, *, doing: str, **options: Any) -> None:
        doings: dict[str, Callable[..., None]] = {
            "list": self._list,
            "points": self._points,
            "on": self._on,
            "off": self._off,
        }
        try:
            doings[doing](**options)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error

    def _list(self, **_: Any) -> None:
        rows = faults_on()
        self.stdout.write(_table(rows) if rows else "nothing is broken on purpose")

    def _points(self, **_: Any) -> None:
        for point, meaning in hooks.POINTS.items():
            effect = hooks.SKIPPABLE.get(point)
            self.stdout.write(f"{point:<22} {meaning}" + (f"; skip: {effect}" if effect else ""))
        self.stdout.write("")
        for action, meaning in faults.ACTIONS.items():
            self.stdout.write(f"{action:<22} {meaning}")

    def _on(self, *, lasts: float, **options: Any) -> None:
        known = {"point", "action", "rate", "seconds", "consumer", "first"}
        given = {name: value for name, value in options.items() if name in known}
        open_polls = OpenPolls()
        fault = switch_on(lasts=timedelta(seconds=lasts), **given)
        self.stdout.write(f"{fault} until {fault.until:%H:%M:%S} UTC")
        self._say_if_unknown(fault)
        if (fault.point, fault.action, fault.consumer) == (POLLING, "skip", "") and fault.rate == 1:
            _wait_until_closed(open_polls)

    def _say_if_unknown(self, fault: Fault) -> None:
        """An experiment or a visitor may have a durable of that name later, so it is no error."""
        durables = sorted(each.durable for each in declared_consumers())
        is_of_a_durable = fault.point.startswith("consumer.") and fault.consumer
        if is_of_a_durable and fault.consumer not in durables:
            shop_has = f"the shop has {', '.join(durables)}"
            self.stderr.write(f"no durable is called {fault.consumer}: {shop_has}")

    def _off(self, *, point: str, **_: Any) -> None:
        self.stdout.write(f"{switch_off(point=point, trace='')} switched off")


def _consumer(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ArgumentTypeError(f"no name has more than {LONGEST_NAME} characters")
    return text


def _wait_until_closed(open_polls: OpenPolls) -> None:
    """Wait until no poll is open: an open one may still take a job. Raises `CommandError`."""
    bound = timedelta(seconds=settings.SQS_WAIT_SECONDS) + REPORTED_WITHIN
    if silent := open_polls.missing(within=bound):
        raise CommandError(
            f"the switch is on, but {', '.join(silent)} has not said within "
            f"{bound.total_seconds():g} s that it asks for no more jobs: it is busy, or cannot "
            "reach NATS; run this again when its job is done"
        )


def _table(rows: list[Fault]) -> str:
    return text_table(
        ["POINT", "ACTION", "WHERE", "RATE", "SECONDS", "FIRST", "OFF AT (UTC)"],
        [
            [
                row.point,
                row.action,
                row.consumer or "everywhere",
                f"{row.rate:g}",
                f"{row.seconds:g}",
                str(row.first or "every"),
                f"{row.until:%H:%M:%S}",
            ]
            for row in rows
        ],
    )
