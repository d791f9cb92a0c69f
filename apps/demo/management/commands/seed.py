"""`manage.py seed`: products, pictures and a staff user for the demo; twice changes nothing."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.demo.history.adding import add_history
from apps.demo.history.past_orders import DAYS
from apps.demo.seed import employ_staff, put_on_sale
from apps.demo.seed_again import restore as put_back
from apps.images.errors import DecoderLost


class Command(BaseCommand):
    """Runs with `DEMO=true` only: it makes a superuser."""

    help = "Fill the demo's shop with products, pictures and the staff user."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--restore",
            action="store_true",
            help="also reset prices, stock and photos, and delete what was added",
        )

    def handle(self, *, restore: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("seed is for the demo: DEMO=true is not set")
        if options["verbosity"] < 2:
            # Three lines for each of thirty products would hide the rest of the demo's log.
            logging.getLogger("apps").setLevel(logging.WARNING)
        employ_staff(settings.DEMO_DIR)
        try:
            added = put_back() if restore else put_on_sale()
        except DecoderLost as error:
            raise CommandError(f"no pictures: {error}") from error
        self.stdout.write(f"{added} products added" if added else "nothing to add")
        if settings.DEMO_HISTORY and (orders := add_history()):
            self.stdout.write(f"{orders} orders of the last {DAYS} days added")
