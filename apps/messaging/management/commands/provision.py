"""`manage.py provision`: make or update streams, durables and queues; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.brokers.sqs import patient_client
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.jobs import job_queue
from apps.messaging.management.nats_provisioning import provision_nats


class Command(BaseCommand):
    help = "Make or update streams, durables and queues; a failed one does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["nats", "sqs"], help="leave the other as it is")

    def handle(self, *args: Any, only: str | None, **options: Any) -> None:
        problems: list[str] = []
        if only != "sqs":
            problems += provision_nats(
                declared_streams(), declared_consumers(), write=self.stdout.write
            )
        if only != "nats":
            problems += self._provision_sqs()
        if problems:
            raise CommandError("\n".join(problems))

    def _provision_sqs(self) -> list[str]:
        made: list[str] = []
        problems: list[str] = []
        for queue in job_queue.declared_queues():
            try:
                job_queue.provision(queue, sqs=patient_client())
            except BrokerAway as error:
                problems.append(f"queue {queue.name}: {error}; mend that and run provision again")
            else:
                made.append(queue.name)
        if made:
            self.stdout.write(f"SQS: {', '.join(made)}")
        return problems
