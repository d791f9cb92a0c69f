"""`manage.py replay sales`: rebuilds the figures from the stream, and compares the live ones."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.messaging.errors import BrokerAway
from apps.messaging.management.arguments import moment, row_id
from apps.messaging.recovery.replay import Replay
from apps.messaging.text_table import text_table
from apps.sales.handlers import CONSUMER
from apps.sales.rebuilt import Rebuilt
from apps.sales.replay import Comparison, CountedMeanwhile, compare


class Command(BaseCommand):
    """Reads with a consumer of its own, so that the live one need not stop."""

    help = "Rebuild a projection from the stream, compare it with the live one, swap it in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("projection", choices=["sales"])
        start = parser.add_mutually_exclusive_group(required=True)
        start.add_argument("--from-sequence", type=row_id, metavar="N", help="1: read it all")
        start.add_argument("--since", type=moment, metavar="TIME", help="a day or a time, in UTC")
        parser.add_argument(
            "--apply", action="store_true", help="replace the whole days, in one transaction"
        )

    def handle(
        self,
        *args: Any,
        from_sequence: int | None,
        since: datetime | None,
        apply: bool,
        **options: Any,
    ) -> None:
        quiet = options["verbosity"] == 0  # and without a terminal
        rebuilt = Rebuilt()
        try:
            replay = Replay(CONSUMER, from_sequence=from_sequence, since=since)
            with tqdm(total=replay.pending(), unit=" messages", disable=quiet or None) as bar:
                found = compare(
                    replay,
                    rebuilt,
                    apply=apply,
                    on_read=lambda: bar.update(replay.messages - bar.n),
                )
        except BrokerAway as error:
            raise CommandError(str(error)) from error
        except CountedMeanwhile as error:
            raise CommandError(f"new events of {error} keep coming: try again") from error
        self._write_range(replay, rebuilt)
        self._write_days(found)
        self._write_differences(found, apply=apply)

    def _write_range(self, replay: Replay, rebuilt: Rebuilt) -> None:
        if not replay.last_sequence:
            raise CommandError(f"the stream {CONSUMER.stream.name} holds nothing in this range")
        self.stdout.write(
            f"read {CONSUMER.stream.name} from sequence {replay.first_sequence:,} to "
            f"{replay.last_sequence:,}: {len(rebuilt.counted):,} events, {replay.duplicates:,} "
            f"duplicates, {replay.foreign + len(rebuilt.foreign):,} that are foreign"
        )

    def _write_days(self, found: Comparison) -> None:
        self.stdout.write(f"whole days in this range: {_listed(found.days)}")
        if found.cut_off:
            self.stdout.write(f"left out, the range has only a part: {_listed(found.cut_off)}")
        if found.busy:
            self.stdout.write(
                f"left out, the live figures have more than the range: {_listed(found.busy)}"
            )
        if found.uncounted:
            self.stdout.write(f"not counted live, or not yet: {found.uncounted:,} events")

    def _write_differences(self, found: Comparison, *, apply: bool) -> None:
        if not found.differences:
            self.stdout.write("no difference" if found.days else "nothing to compare")
            return
        self.stdout.write(
            text_table(
                ["day", "currency", "figure", "live", "replayed", "difference"],
                [
                    (
                        each.day,
                        each.currency,
                        each.figure,
                        each.live,
                        each.replayed,
                        each.replayed - each.live,
                    )
                    for each in found.differences
                ],
            )
        )
        done = "swapped in" if apply else "nothing was changed; --apply swaps these days in"
        self.stdout.write(done)


def _listed(days: Collection[date]) -> str:
    return ", ".join(map(str, days)) or "none"
