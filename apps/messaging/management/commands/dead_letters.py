"""`manage.py dead_letters list|causes|show|redrive|drop`: shows dead letters, redrives or drops."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.control_characters import escaped
from apps.messaging.errors import MessagingError
from apps.messaging.handling import attempts, dead_letters
from apps.messaging.management.arguments import row_id, whole_number
from apps.messaging.message import readable
from apps.messaging.models import DeadLetter
from apps.messaging.recovery.causes import causes, ids_of
from apps.messaging.recovery.redrive import drop, redrive
from apps.messaging.text_table import text_table

CAUSE_COLUMNS = ["cause", "letters", "first", "last", "consumer", "error", "place"]
COLUMNS = ["id", "died", "transport", "consumer", "destination", "tries", "state", "reason"]


class Command(BaseCommand):
    """Exits with 1 if one of the given letters is missing, or its state does not allow it."""

    help = "List, show, redrive and drop dead letters of all transports."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="print those that are dead, the last first")
        listing.add_argument(
            "--state", choices=[*DeadLetter.State.values, "all"], default=DeadLetter.State.DEAD
        )
        listing.add_argument("--limit", type=whole_number, default=50)
        actions.add_parser("causes", help="print why messages are dead, the commonest cause first")
        showing = actions.add_parser("show", help="print all of it, with every failed attempt")
        showing.add_argument("ids", type=row_id, nargs="+", metavar="ID")
        redriving = actions.add_parser("redrive", help="send again, to their consumer alone")
        redriving.add_argument(
            "--again", action="store_true", help="also what is under way already, and was lost"
        )
        dropping = actions.add_parser("drop", help="give up for good")
        for each in (redriving, dropping):
            each.add_argument("ids", type=row_id, nargs="*", metavar="ID")
            each.add_argument("--all", action="store_true", help="every dead letter")
            each.add_argument("--cause", default="", help="those of a cause, as `causes` names it")
        for each in (listing, redriving, dropping):
            each.add_argument("--transport", choices=DeadLetter.Transport.values, default="")
            each.add_argument("--consumer", default="")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "list":
                self._list(**options)
            case "causes":
                self._list_causes()
            case "show":
                for letter in self._asked(options["ids"]):
                    self.stdout.write(_whole(letter))
            case "redrive":
                send = partial(redrive, again=options["again"])
                self._each(_chosen(**options), send, done="redriven")
            case "drop":
                self._each(_chosen(**options), drop, done="dropped")

    def _list(
        self, *, state: str, limit: int, transport: str, consumer: str, **options: Any
    ) -> None:
        asked = "" if state == "all" else state
        letters = dead_letters.find(transport=transport, consumer=consumer, state=asked)
        count = letters.count()
        if count:
            self.stdout.write(text_table(COLUMNS, map(_row, letters[:limit])))
        more = f", {count - limit:,} more than shown" if count > limit else ""
        self.stdout.write(f"{count:,} {asked or 'letters'}{more}")

    def _list_causes(self) -> None:
        found = causes()
        rows = [
            [
                each.digest,
                len(each.ids),
                f"{each.first:%Y-%m-%d %H:%M:%S}",
                f"{each.last:%Y-%m-%d %H:%M:%S}",
                each.consumer,
                each.error,
                each.place,
            ]
            for each in found
        ]
        if rows:
            self.stdout.write(text_table(CAUSE_COLUMNS, rows))
        self.stdout.write(f"{len(found):,} causes")

    def _asked(self, ids: list[int]) -> Iterable[DeadLetter]:
        found = DeadLetter.objects.in_bulk(ids)
        if missing := [str(id) for id in ids if id not in found]:
            raise CommandError(f"there is no dead letter {', '.join(missing)}")
        return [found[id] for id in ids]

    def _each(self, ids: list[int], act: Callable[..., None], *, done: str) -> None:
        failed = 0
        for id in ids:
            try:
                act(id=id)
            except MessagingError as error:
                self.stderr.write(escaped(str(error)))
                failed += 1
        self.stdout.write(f"{done}: {len(ids) - failed:,}")
        if failed:
            raise CommandError(f"not {done}: {failed:,}")


def _chosen(
    *, ids: list[int], all: bool, cause: str, transport: str, consumer: str, **options: Any
) -> list[int]:
    """Return the ids that were named, or those of all that are dead and fit."""
    by_filter = all or transport or consumer
    if [bool(ids), bool(by_filter), bool(cause)].count(True) != 1:
        wanted = "name ids, or --transport, --consumer or --all, or --cause"
        raise CommandError(wanted, returncode=2)
    if cause:
        if of_cause := ids_of(cause):
            return of_cause
        raise CommandError(
            f"no dead letter has the cause {cause}: `dead_letters causes` lists them"
        )
    dead = dead_letters.find(transport=transport, consumer=consumer, state=DeadLetter.State.DEAD)
    return ids or sorted(dead.values_list("id", flat=True))


def _row(letter: DeadLetter) -> list[object]:
    return [
        letter.pk,
        f"{letter.died_at:%Y-%m-%d %H:%M:%S}",
        letter.transport,
        letter.consumer,
        letter.destination,
        letter.attempts,
        letter.state,
        letter.reason,
    ]


def _whole(letter: DeadLetter) -> str:
    facts = zip(COLUMNS, _row(letter), strict=True)
    lines = [f"{name + ':':<13}{value}" for name, value in facts]
    lines.append(f"{'message id:':<13}{letter.message_id}")
    lines = [escaped(line) for line in lines]
    if letter.redriven_at:
        last = f"the last at {letter.redriven_at:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{'redrives:':<13}{letter.redrives}, {last}")
    lines += ["", "headers", *_headers(letter)]
    lines += ["", "body", _indented(readable(letter.body))]
    if letter.traceback:
        lines += ["", "traceback", _indented(letter.traceback)]
    failures = attempts.failed_of(letter)
    if failures:
        errors = (
            f"  {each.failed_at:%Y-%m-%d %H:%M:%S}  {escaped(each.error)}" for each in failures
        )
        lines += ["", "failed attempts", *errors]
    return "\n".join([*lines, ""])


def _indented(text: str) -> str:
    return "\n".join(f"  {escaped(line)}" for line in text.rstrip().split("\n"))


def _headers(letter: DeadLetter) -> Iterable[str]:
    return (f"  {escaped(name)}: {escaped(value)}" for name, value in letter.headers.items())
