"""`manage.py import_catalogue FILE.csv`: a retailer's invoice lines become products."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.catalog.catalogue_import import Imported, import_products
from apps.catalog.errors import CatalogueUnreadable
from apps.catalog.retail_csv import RetailRows, watched


class Command(BaseCommand):
    """Reads the format of the "Online Retail" data set."""

    help = "Add the products of an invoice file, each at its latest price; twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--stock", type=_count, default=1000, help="of each new product")

    def handle(self, *, file: Path, stock: int, **options: Any) -> None:
        try:
            rows, imported = _import(file, stock, quiet=options["verbosity"] == 0)
        except (OSError, CatalogueUnreadable) as error:
            raise CommandError(f"{file}: {error}") from error
        self._report(rows, imported)

    def _report(self, rows: RetailRows, imported: Imported) -> None:
        self.stdout.write(f"rows taken: {rows.taken:,}")
        self.stdout.write(f"rows skipped: {rows.skipped.total():,}")
        for reason, count in rows.skipped.most_common():
            self.stdout.write(f"  {reason}: {count:,}")
        self.stdout.write(
            f"products: {imported.added:,} added, {imported.changed:,} changed, "
            f"{imported.unchanged:,} unchanged"
        )


def _import(path: Path, stock: int, *, quiet: bool) -> tuple[RetailRows, Imported]:
    size = path.stat().st_size
    with (
        path.open("rb") as file,
        tqdm(total=size, unit="B", unit_scale=True, desc=path.name, disable=quiet) as bar,
    ):
        rows = RetailRows(watched(file, bar.update))
        return rows, import_products(rows, stock=stock)


def _count(value: str) -> int:
    number = int(value)
    if not 0 <= number <= 1_000_000_000:
        raise argparse.ArgumentTypeError("is 0 to 1,000,000,000")
    return number
