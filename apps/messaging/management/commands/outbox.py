"""`manage.py outbox list|drop|resend`: lists, deletes or resends rows of the outbox."""

from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from apps.messaging.errors import BrokerAway, NotADeadLetter
from apps.messaging.events.streams import Stream, consumers_of, declared_streams
from apps.messaging.management.arguments import moment, row_id, whole_number
from apps.messaging.management.nats_provisioning import provision_nats
from apps.messaging.models import OutboxMessage
from apps.messaging.operations.provisioning import not_provisioned
from apps.messaging.operations.sent_rows import SENT_KEPT
from apps.messaging.recovery import resend
from apps.messaging.recovery.redrive import drop_row
from apps.messaging.recovery.stream_reading import call
from apps.messaging.text_table import text_table

COLUMNS = ["id", "recorded", "transport", "destination", "key", "state", "reason"]


class Command(BaseCommand):
    """`resend` lists the rows; with `--send` it sends them, and consumers skip duplicates."""

    help = "List and drop unsent rows; send events again, for a stream that has lost them."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="print what is unsent, the oldest first")
        listing.add_argument("--limit", type=whole_number, default=50)
        dropping = actions.add_parser(
            "drop", help="delete unsent rows, so that later rows of their key can be sent"
        )
        dropping.add_argument("ids", type=row_id, nargs="+", metavar="ID")
        resending = actions.add_parser("resend", help="send again what was sent before")
        which = resending.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--missing",
            action="store_true",
            help="what the streams do not hold any more; makes missing streams and durables again",
        )
        which.add_argument(
            "--since",
            type=moment,
            metavar="TIME",
            help="all sent since then; a day or time, in UTC",
        )
        resending.add_argument(
            "--send", action="store_true", help="do it; without this it is a dry run"
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "list":
                self._list(limit=options["limit"])
            case "drop":
                self._drop(options["ids"])
            case "resend":
                self._resend(**options)

    def _list(self, *, limit: int) -> None:
        rows = OutboxMessage.objects.filter(sent_at=None).order_by("id")
        count = rows.count()
        if count:
            self.stdout.write(text_table(COLUMNS, map(_row, rows[:limit])))
        more = f", {count - limit:,} more than shown" if count > limit else ""
        self.stdout.write(f"{count:,} unsent{more}")

    def _drop(self, ids: list[int]) -> None:
        failed = 0
        for id in ids:
            try:
                drop_row(id=id)
            except NotADeadLetter as error:
                self.stderr.write(str(error))
                failed += 1
        self.stdout.write(f"dropped: {len(ids) - failed:,}")
        if failed:
            raise CommandError(f"not dropped: {failed:,}")

    def _resend(
        self, *, missing: bool, since: datetime | None, send: bool, verbosity: int, **_: Any
    ) -> None:
        self._quiet = verbosity == 0  # and without a terminal
        kept_since = timezone.now() - SENT_KEPT
        if since is not None and since < kept_since:
            self.stdout.write(
                f"all sent rows are kept since {kept_since:%F %T} UTC; older ones only if a durable"
                " has not had them"
            )
        ids = resend.ids_sent_since(since) if since is not None else self._missing(send=send)
        if not ids:
            self.stdout.write("no event is missing" if missing else "nothing was sent since then")
            return
        self.stdout.write(text_table(["subject", "events"], resend.by_subject(ids)))
        if not send:
            self.stdout.write(f"nothing was done; --send sends these {len(ids):,} again")
            return
        self._send(ids)

    def _missing(self, *, send: bool) -> list[int]:
        streams = declared_streams()
        try:
            self._provision_missing(streams, send=send)
            # A stream that deletes its oldest messages by its limits has lost nothing.
            return [
                id
                for stream in streams
                if stream.discard == "new"
                for id in self._missing_of(stream)
            ]
        except BrokerAway as error:
            raise CommandError(str(error)) from error

    def _provision_missing(self, streams: list[Stream], *, send: bool) -> None:
        """Name each missing stream and durable; make it if the events are to be sent."""
        consumers = consumers_of(streams)
        missing = call(partial(not_provisioned, streams=streams, consumers=consumers))
        for what in chain.from_iterable(missing.values()):
            done = "it is made now" if send else "--send makes it"
            self.stdout.write(f"no {what}: {done}, as manage.py provision does")
        if missing and send:
            concerned = [each for each in streams if each.name in missing]
            write = self.stdout.write
            if problems := provision_nats(concerned, consumers_of(concerned), write=write):
                raise CommandError("\n".join(problems))

    def _missing_of(self, stream: Stream) -> list[int]:
        with tqdm(desc=stream.name, unit=" messages", disable=self._quiet or None) as bar:

            def on_read(read: int, left: int) -> None:
                bar.total = bar.n + read + left
                bar.update(read)

            return resend.ids_missing(stream, on_read=on_read)

    def _send(self, ids: list[int]) -> None:
        waiting = 0
        with tqdm(total=len(ids), unit=" events", disable=self._quiet or None) as bar:
            for count in resend.send_again(ids):
                waiting += count
                bar.update(count)
        self.stdout.write(f"waiting for the relay, which sends them in order: {waiting:,}")


def _row(row: OutboxMessage) -> list[object]:
    held = row.not_before and row.not_before > timezone.now()
    return [
        row.pk,
        f"{row.recorded_at:%Y-%m-%d %H:%M:%S}",
        row.transport,
        row.destination,
        row.key,
        "dead" if row.dead_at else "held" if held else "waits",
        row.error,
    ]
