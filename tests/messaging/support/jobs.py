"""A queue of the tests' own, so that job workers are tested without the shop."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.in_flight import JobsInFlight
from apps.messaging.jobs.job_queue import JobQueue, OutgoingJob, counts, send_batch
from apps.messaging.jobs.receipts import receive

REAL_SLEEP = asyncio.sleep

CUPS = JobQueue(name="cups", max_failures=3, max_receive_count=3, retry_seconds=0)


def make_outgoing(**changes: Any) -> OutgoingJob:
    job_id = str(uuid.uuid4())
    fields = {
        "queue": CUPS.name,
        "message_id": job_id,
        "headers": {"ce-id": job_id, "ce-subject": "cup"},
        "body": json.dumps({"cup": 1}),
    }
    return OutgoingJob(**(fields | changes))


def make_received(**changes: Any) -> ReceivedJob:
    fields: dict[str, Any] = {
        "queue": CUPS.name,
        "headers": {"ce-id": "job-1"},
        "body": json.dumps({"cup": 1}),
        "attempt": 1,
        "sqs_id": str(uuid.uuid4()),
        "receipt_handle": "none",
    }
    return ReceivedJob(**(fields | changes))


def send(*bodies: str) -> None:
    send_to(CUPS, *bodies)


def send_to(queue: JobQueue, *bodies: str) -> None:
    outcome = send_batch([make_outgoing(queue=queue.name, body=body) for body in bodies])
    assert not any(outcome.values()), outcome


def receive_one() -> ReceivedJob:
    (job,) = receive(CUPS.name, at_most=10, wait_seconds=2)
    return job


def is_empty(queue: JobQueue) -> bool:
    """Look three times: a job that gets visible between SQS's two counts is in none of them."""
    return not any(count for _ in range(3) for count in counts(queue).values())


def without_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let no coroutine sleep; return the list that gets the seconds that each wanted to."""
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await REAL_SLEEP(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    return pauses


async def beat_until(holding: JobsInFlight, is_over: Callable[[], bool]) -> None:
    """Run the heartbeat until it is so. Raises `TimeoutError` after twenty seconds."""
    beating = asyncio.create_task(holding.keep_hidden())
    async with asyncio.timeout(20):
        while not is_over():
            await REAL_SLEEP(0.01)
    beating.cancel()
