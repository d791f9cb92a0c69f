"""`manage.py provision`: make or update streams, durables and queues; safe to run again."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_address import address
from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.errors import BrokerAway, NotProvisioned
from apps.messaging.events.streams import declared_consumers, declared_streams
from apps.messaging.jobs import job_queue
from apps.messaging.operations.provisioning import provision_jetstream

PATIENCE_SECONDS = 30.0
"""Seconds for NATS: a server that starts beside us is waited for."""


class Command(BaseCommand):
    help = "Make or update streams, durables and queues; a failed one does not stop the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=["nats", "sqs"], help="leave the other as it is")

    def handle(self, *args: Any, only: str | None, **options: Any) -> None:
        problems: list[str] = []
        if only != "sqs":
            problems += self._provision_nats()
        if only != "nats":
            problems += self._provision_sqs()
        if problems:
            raise CommandError("\n".join(problems))

    def _provision_nats(self) -> list[str]:
        streams, consumers = declared_streams(), declared_consumers()
        made: list[str] = []
        work = partial(provision_jetstream, streams=streams, consumers=consumers, made=made.append)
        hosts = (urlsplit(each).netloc for each in address(settings.NATS_URL).servers)
        server = f"NATS {', '.join(hosts)}"
        try:
            nats_for_threads.call(work, timeout=PATIENCE_SECONDS)
        except NotProvisioned as error:
            return list(error.args)
        except (BrokerAway, *NOT_SERVED) as error:
            return [f"{server}: {str(error) or 'it does not answer'}; run provision again"]
        finally:
            if made:
                self.stdout.write(f"{server}: {', '.join(made)}")
        return []

    def _provision_sqs(self) -> list[str]:
        made: list[str] = []
        problems: list[str] = []
        for path in settings.MESSAGING_QUEUES:
            queue = import_string(path)
            try:
                job_queue.provision(queue)
            except BrokerAway as error:
                problems.append(f"queue {queue.name}: {error}; mend that and run provision again")
            else:
                made.append(queue.name)
        if made:
            self.stdout.write(f"SQS: {', '.join(made)}")
        return problems
