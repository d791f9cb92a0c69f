"""`manage.py import_catalogue FILE.csv`: makes products of a retailer's invoice lines."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.errors import CatalogError
from apps.catalog.rules import STOCK_LIMIT
from apps.demo.retail.catalogue import ImportedProducts, import_products
from apps.demo.retail.dates import DateOrder, add_dates_option
from apps.demo.retail.errors import FileUnreadable
from apps.demo.retail.rows import RetailRows
from apps.messaging.control_characters import escaped
from apps.messaging.management.arguments import whole_number_between


class Command(BaseCommand):
    """Reads the format of the "Online Retail" data sets."""

    help = "Add the products of an invoice file, each at its latest price; twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--stock",
            type=whole_number_between(0, STOCK_LIMIT),
            default=1000,
            help="of each new product",
        )
        add_dates_option(parser)

    def handle(self, *, file: Path, stock: int, dates: DateOrder | None, **options: Any) -> None:
        quiet = options["verbosity"] == 0
        try:
            rows, imported = _import(file, stock, dates, quiet=quiet)
        except (OSError, CatalogError, FileUnreadable) as error:
            raise CommandError(escaped(f"{file}: {error}")) from error
        for line in rows.in_words():
            self.stdout.write(escaped(line))
        self.stdout.write(
            f"products: {imported.added:,} added, {imported.changed:,} changed, "
            f"{imported.unchanged:,} unchanged"
        )
        if left := imported.in_another_currency:
            self.stdout.write(escaped(f"left alone, in another currency: {', '.join(left)}"))


def _import(
    path: Path, stock: int, dates: DateOrder | None, *, quiet: bool
) -> tuple[RetailRows, ImportedProducts]:
    size = path.stat().st_size
    with (
        path.open("rb") as file,
        tqdm(total=size, unit="B", unit_scale=True, desc=path.name, disable=quiet) as bar,
    ):
        rows = RetailRows(file, dates=dates, on_read=bar.update)
        return rows, import_products(rows, stock=stock)
