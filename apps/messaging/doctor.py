"""Messaging's part of `manage.py doctor`: the database, NATS and SQS, as the settings name them."""

from collections.abc import Iterator
from functools import partial

from apps.messaging.finding import DoctorCheck
from apps.messaging.jobs.job_queue import declared_queues
from apps.messaging.operations import examined_database, examined_nats, examined_queues


def checks(*, of_the_demo: bool) -> list[DoctorCheck]:
    """Return a check for each server; each queue is asked about by itself."""
    database = DoctorCheck(
        "database",
        examined_database.findings,
        "look at its server, and at the way to it",
        asks_servers=True,
    )
    nats = DoctorCheck(
        "nats", examined_nats.findings, "look at its server's log", asks_servers=True
    )
    return [database, nats, *_of_queues()]


def _of_queues() -> Iterator[DoctorCheck]:
    for queue in declared_queues():
        yield DoctorCheck(
            f"queue {queue.name}",
            partial(examined_queues.findings, queue),
            "look at AWS_ENDPOINT_URL, at the way to SQS, and at what these keys may do",
            asks_servers=True,
        )
