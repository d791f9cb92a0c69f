"""`manage.py import_orders FILE.csv`: places the orders of a retailer's file in this shop."""

import logging
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.demo.retail.dates import DateOrder, add_dates_option
from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.invoices import Invoice, invoices
from apps.demo.retail.orders import (
    CONFIRMED,
    PLACED,
    REJECTED,
    ImportedOrders,
    import_orders,
    wait_for_ends,
)
from apps.demo.retail.rows import RetailRows
from apps.messaging.control_characters import escaped
from apps.messaging.errors import MessagingError
from apps.messaging.management.arguments import number_between, whole_number
from apps.orders.idempotency import KEPT

WAIT_SECONDS = 30.0
RATES = (0.001, 1e6)


class Command(BaseCommand):
    """Reads the format of the "Online Retail" data sets; import the products first."""

    help = "Place the orders of an invoice file once, and say how they ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--limit", type=whole_number, help="place only the first N orders")
        parser.add_argument("--rate", type=number_between(*RATES), help="orders a second, at most")
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
        # A log line for each order would break the progress bar.
        logging.getLogger("apps.orders").setLevel(logging.WARNING)
        try:
            with file.open("rb") as lines:
                rows = RetailRows(lines, dates=dates)
                orders = invoices(rows)[:limit]
        except (OSError, FileUnreadable) as error:
            raise CommandError(escaped(f"{file}: {error}")) from error
        self._report(*self._import(orders, file.name, rate, quiet=quiet))
        guests = sum(invoice.is_of_a_guest for invoice in orders)
        self.stdout.write(f"orders without a customer's number, of a guest: {guests:,}")
        for line in rows.in_words():
            self.stdout.write(escaped(line))

    def _import(
        self, orders: list[Invoice], source: str, rate: float | None, *, quiet: bool
    ) -> tuple[ImportedOrders, Counter[str]]:
        imported = ImportedOrders()
        try:
            bar = tqdm(orders, unit=" orders", desc="placing", disable=quiet)
            import_orders(bar, source=source, into=imported, rate=rate)
            return imported, self._ends(imported, quiet=quiet)
        except BaseException as error:
            # Whatever ends it, Ctrl-C too: the orders that it has placed are there.
            self.stderr.write(_so_far(imported))
            if isinstance(error, MessagingError):
                raise CommandError(f"no prices: {error} (does the shop run?)") from error
            raise

    def _ends(self, imported: ImportedOrders, *, quiet: bool) -> Counter[str]:
        orders = [*imported.earlier, *imported.placed]
        with tqdm(total=len(orders), unit=" orders", desc="ending", disable=quiet) as bar:

            def show(counts: Counter[str]) -> None:
                bar.update(counts.total() - counts[PLACED] - bar.n)

            return wait_for_ends(orders, seconds=WAIT_SECONDS, on_change=show)

    def _report(self, imported: ImportedOrders, ends: Counter[str]) -> None:
        self.stdout.write(f"placed: {len(imported.placed):,}")
        if imported.earlier:
            self.stdout.write(f"placed by an earlier run: {len(imported.earlier):,}")
        for status in (CONFIRMED, REJECTED):
            self.stdout.write(f"{status}: {ends[status]:,}")
        if waiting := ends[PLACED]:
            self.stdout.write(f"still waiting after {WAIT_SECONDS:.0f} s: {waiting:,}")
        self.stdout.write(f"orders skipped: {imported.skipped.total():,}")
        for reason, count in imported.skipped.most_common():
            self.stdout.write(escaped(f"  {reason}: {count:,}"))


def _so_far(imported: ImportedOrders) -> str:
    hours = KEPT // timedelta(hours=1)
    return (
        f"It ends early. Orders placed: {len(imported.placed):,}. Run the same command again"
        f" within {hours} hours for the others: it places none twice."
    )
