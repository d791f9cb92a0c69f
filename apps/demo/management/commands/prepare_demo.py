"""`manage.py prepare_demo`: the first step of `manage.py demo`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from apps.messaging.worker import heartbeat


class Command(BaseCommand):
    help = "Make the tables, and delete the heartbeats of the last demo; the first step of `demo`."

    def handle(self, *args: Any, **options: Any) -> None:
        # It also switches SQLite to WAL, which fails if several processes open the database.
        call_command("migrate", verbosity=0)
        # Workers that died with the last supervisor do not count as restarts of today.
        heartbeat.forget_all()
