"""An SQS that takes calls and does not answer: only polls and commands wait for long."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import Timer

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import POLL_SECONDS, queue_url
from apps.messaging.errors import BrokerAway
from apps.messaging.jobs import in_flight
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.in_flight import JobsInFlight
from apps.messaging.jobs.job_queue import counts, provision
from apps.messaging.jobs.receipts import change_visibility, delete, extend, receive_soon
from apps.messaging.operations.purging import drain, purge_queue
from tests.messaging.support.jobs import (
    CUPS,
    beat_until,
    make_received,
    receive_one,
    send,
    without_pauses,
)
from tests.support.moto_server import MotoServer
from tests.support.silent import stopped
from tests.support.waiting import at_least

QUICK = 0.3
CALLS: dict[str, Callable[[], object]] = {
    "delete": partial(delete, [make_received()]),
    "change_visibility": partial(change_visibility, [make_received()], seconds=9),
    "provision": partial(provision, CUPS),
    "purge_queue": partial(purge_queue, CUPS),
    "receive_soon": partial(receive_soon, CUPS.name, at_most=1),
    "drain": partial(drain, CUPS),
    "counts": partial(counts, CUPS),
}


@pytest.fixture
def pid(sqs_server: MotoServer, settings: Settings) -> int:
    """Return that of a server that has the queue, whose address we know."""
    provision(CUPS)
    queue_url(CUPS.name)
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, sqs_call=QUICK)
    assert sqs_server.process
    return sqs_server.process.pid


@pytest.mark.parametrize("name", CALLS)
def test_no_call_but_a_poll_waits_as_long_as_a_poll(pid: int, name: str) -> None:
    begun = time.monotonic()
    with stopped(pid), pytest.raises(BrokerAway):
        CALLS[name]()
    assert at_least(QUICK) <= time.monotonic() - begun < POLL_SECONDS


def test_the_command_provision_waits_for_a_slow_sqs(pid: int, settings: Settings) -> None:
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    awake = Timer(3 * QUICK, os.kill, [pid, signal.SIGCONT])
    with stopped(pid):
        awake.start()
        call_command("provision", only="sqs")


def test_three_heartbeats_are_tried_before_a_jobs_time_ends(
    pid: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []

    def counted(jobs: Sequence[ReceivedJob]) -> list[ReceivedJob]:
        beats.append(len(jobs))
        return extend(jobs)

    monkeypatch.setattr(in_flight, "extend", counted)
    send("a")
    job = receive_one()
    holding = JobsInFlight()
    holding.take(job)
    pauses = without_pauses(monkeypatch)
    with stopped(pid):
        asyncio.run(beat_until(holding, lambda: len(beats) >= 3))
    # At the shortest allowed times, where a call takes a twelfth of a lease.
    calls = 3 * settings.SQS_VISIBILITY_TIMEOUT / 12
    assert sum(pauses[:3]) + calls < settings.SQS_VISIBILITY_TIMEOUT
    assert not job.lease.is_lost
