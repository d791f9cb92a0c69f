"""The contracts of `MESSAGING_CONTRACTS`, with what other settings say about their messages."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from apps.messaging.contracts.declaring import Contract, ContractKind
from apps.messaging.events.streams import declared_consumers

if TYPE_CHECKING:  # It loads boto3, which a process without SQS does without.
    from apps.messaging.jobs.job_queue import JobQueue


class ContractIncomplete(Exception):
    """Something that a contract needs is missing; the text says what to do."""


def declared_contracts() -> list[Contract]:
    """Return the contracts of `MESSAGING_CONTRACTS`, each event with the durables that read it."""
    declared = [each for path in settings.MESSAGING_CONTRACTS for each in import_string(path)]
    return [
        _with_its_durables(each) if each.kind is ContractKind.EVENT else each for each in declared
    ]


def _with_its_durables(contract: Contract) -> Contract:
    readers = [
        consumer
        for consumer in declared_consumers()
        if any(contract.payload in (event, *event.earlier) for event in consumer.handlers)
    ]
    streams = {each.stream.name for each in readers}
    durables = tuple(each.durable for each in readers)
    return replace(contract, consumers=durables, stream=", ".join(streams))


def queue_of(contract: Contract) -> "JobQueue":
    """Return the queue of a job. Raises `ContractIncomplete` if `MESSAGING_QUEUES` has none."""
    queues: list[JobQueue] = [import_string(path) for path in settings.MESSAGING_QUEUES]
    for queue in queues:
        if queue.name == contract.address:
            return queue
    raise ContractIncomplete(f"MESSAGING_QUEUES has no queue {contract.address}: name it there")
