"""`manage.py lost_orders`: lists orders of the stream that a restored database does not have."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from apps.messaging.errors import BrokerAway
from apps.messaging.recovery.replay import Replayed
from apps.messaging.text_table import text_table
from apps.orders.lost import lost_orders

COLUMNS = ["placed", "order", "total", "lines"]


class Command(BaseCommand):
    """Reads with a consumer of its own and changes nothing; docs/backup.md says when to run it."""

    help = "List the orders that are in the stream and not in the database."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        quiet = verbosity == 0  # and without a terminal
        try:
            with tqdm(unit=" messages", disable=quiet or None) as bar:

                def on_read(read: int, total: int) -> None:
                    bar.total = max(read, total)
                    bar.update(read - bar.n)

                lost = list(lost_orders(on_read=on_read))
        except BrokerAway as error:
            raise CommandError(str(error)) from error
        if lost:
            self.stdout.write(text_table(COLUMNS, map(_row, lost)))
        self.stdout.write(f"{len(lost):,} orders of the stream are not in the database")


def _row(found: Replayed) -> list[object]:
    event = found.event
    lines = ", ".join(f"{line.quantity} x {line.sku}" for line in event.lines)
    time = f"{found.envelope.time:%Y-%m-%d %H:%M:%S}"
    return [time, event.id, f"{event.total:.2f} {event.currency}", lines]
