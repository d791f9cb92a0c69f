"""`manage.py prepare_demo`: the first step of `manage.py demo`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.messaging.worker import heartbeat


class Command(BaseCommand):
    help = (
        "Make the tables, and nobody alive in them; for `manage.py demo`, which runs nothing yet."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # It also switches SQLite to WAL, which fails where many open the database at once.
        call_command("migrate", verbosity=0)
        # Who died together with the last supervisor is no restart of today's.
        heartbeat.forget_all()
