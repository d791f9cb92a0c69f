"""`manage.py provision`: make or update streams, durables and queues; safe to run again.

Where a stack of CloudFormation has made the queues, `--check-queues` only compares them.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.brokers.sqs import patient_client
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.jobs import job_queue
from apps.messaging.management.nats_provisioning import provision_nats
from apps.messaging.operations import examined_queues


class Command(BaseCommand):
    help = "Make or update streams, durables and queues; a failed one does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["nats", "sqs"], help="leave the other as it is")
        parser.add_argument(
            "--check-queues", action="store_true", help="compare the queues, and change none"
        )

    def handle(
        self, *args: Any, only: str | None, check_queues: bool = False, **options: Any
    ) -> None:
        problems: list[str] = []
        if only != "sqs":
            problems += provision_nats(
                declared_streams(), declared_consumers(), write=self.stdout.write
            )
        if only != "nats":
            problems += self._check_sqs() if check_queues else self._provision_sqs()
        if problems:
            raise CommandError("\n".join(problems))

    def _check_sqs(self) -> list[str]:
        queues = job_queue.declared_queues()
        found = [each for queue in queues for each in examined_queues.findings(queue)]
        if whole := [each.name for each in found if each.state == "ok"]:
            self.stdout.write(f"SQS as declared: {', '.join(whole)}")
        return [
            f"{each.name}: {each.seen}; bring its stack up to date"
            for each in found
            if each.state != "ok"
        ]

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
