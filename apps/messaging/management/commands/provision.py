"""`manage.py provision`: make or update streams, durables and queues; safe to run again."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from apps.messaging import background_loop, job_queue
from apps.messaging.errors import BrokerAway
from apps.messaging.provisioning import provision_jetstream
from apps.messaging.streams import declared_consumers, declared_streams


class Command(BaseCommand):
    help = "Make or update streams, durables and queues."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["nats", "sqs"], help="leave the other as it is")

    def handle(self, *args: Any, only: str | None, **options: Any) -> None:
        try:
            if only != "sqs":
                self._provision_nats()
            if only != "nats":
                self._provision_sqs()
        except BrokerAway as error:
            raise CommandError(str(error)) from error

    def _provision_nats(self) -> None:
        streams, consumers = declared_streams(), declared_consumers()
        background_loop.call(
            partial(provision_jetstream, streams=streams, consumers=consumers), timeout=30
        )
        names = [stream.name for stream in streams] + [each.durable for each in consumers]
        self.stdout.write(f"NATS {settings.NATS_URL.rpartition('@')[2]}: {', '.join(names)}")

    def _provision_sqs(self) -> None:
        queues = [import_string(path) for path in settings.MESSAGING_QUEUES]
        for queue in queues:
            job_queue.provision(queue)
        self.stdout.write(f"SQS: {', '.join(queue.name for queue in queues)}")
