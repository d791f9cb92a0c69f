"""`manage.py replay_orders FILE.csv`: a retailer's real orders travel through this shop."""

import argparse
import logging
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.errors import CatalogueUnreadable
from apps.demo.retail.dates import DateOrder, add_dates_option
from apps.demo.retail.orders import ReplayedOrders, invoices, replay, wait_for_ends
from apps.demo.retail.rows import RetailRows
from apps.messaging.control_characters import escaped
from apps.messaging.errors import MessagingError
from apps.orders.models import Order

WAIT_SECONDS = 30.0


class Command(BaseCommand):
    """Reads the format of the "Online Retail" data set; its products are imported before."""

    help = "Place the orders of an invoice file, and say how they ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--limit", type=_count, help="place only the first so many")
        parser.add_argument("--rate", type=_rate, help="at most so many orders a second")
        add_dates_option(parser)

    def handle(
        self,
        *,
        file: Path,
        limit: int | None,
        rate: float | None,
        dates: DateOrder | None,
        **options: Any,
    ) -> None:
        quiet = options["verbosity"] == 0
        # A line for each order would tear the progress bar.
        logging.getLogger("apps.orders").setLevel(logging.WARNING)
        try:
            with file.open("rb") as lines:
                rows = RetailRows(lines, dates=dates)
                orders = invoices(rows)[:limit]
            replayed = replay(
                tqdm(orders, unit=" orders", desc="placing", disable=quiet), rate=rate
            )
        except (OSError, CatalogueUnreadable) as error:
            raise CommandError(escaped(f"{file}: {error}")) from error
        except MessagingError as error:
            raise CommandError(f"no prices: {error} (does the shop run?)") from error
        self._report(replayed, self._ends(replayed, quiet=quiet))
        guests = sum(invoice.is_of_a_guest for invoice in orders)
        self.stdout.write(f"orders without a customer's number, of a guest: {guests:,}")
        for line in rows.in_words():
            self.stdout.write(escaped(line))

    def _ends(self, replayed: ReplayedOrders, *, quiet: bool) -> Counter[str]:
        with tqdm(total=len(replayed.placed), unit=" orders", desc="ending", disable=quiet) as bar:

            def show(counts: Counter[str]) -> None:
                bar.update(counts.total() - counts[Order.Status.PLACED] - bar.n)

            return wait_for_ends(replayed.placed, seconds=WAIT_SECONDS, on_change=show)

    def _report(self, replayed: ReplayedOrders, ends: Counter[str]) -> None:
        self.stdout.write(f"placed: {len(replayed.placed):,}")
        for status in (Order.Status.CONFIRMED, Order.Status.REJECTED):
            self.stdout.write(f"{status}: {ends[status]:,}")
        if waiting := ends[Order.Status.PLACED]:
            self.stdout.write(f"still waiting after {WAIT_SECONDS:.0f} s: {waiting:,}")
        self.stdout.write(f"orders skipped: {replayed.skipped.total():,}")
        for reason, count in replayed.skipped.most_common():
            self.stdout.write(escaped(f"  {reason}: {count:,}"))


def _count(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError("is 1 or more")
    return number


def _rate(value: str) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("is above 0")
    return number
