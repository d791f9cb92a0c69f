"""Handlers of the lab's members: each reports its message; an errand also takes some seconds."""

import time
from dataclasses import replace

from apps.lab.messages import (
    LAB,
    Errand,
    NoteKept,
    NoteOfLastRelease,
    NoteSaid,
    SignedNote,
)
from apps.lab.report import report
from apps.messaging.events.streams import Consumer
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.pubsub.core_message import CoreMessage


def report_kept(note: NoteKept | NoteOfLastRelease | SignedNote) -> None:
    report("kept", run=note.run, number=note.number)


def report_received(message: CoreMessage) -> None:
    note = NoteSaid.read(message.body)
    report("received", run=note.run, number=note.number, subject=message.subject)


def run_errand(job: ReceivedJob) -> None:
    errand = Errand.read(job.body)
    report("begun", run=errand.run, number=errand.number, attempt=job.attempt)
    time.sleep(errand.seconds)
    job.lease.check()
    report("done", run=errand.run, number=errand.number, attempt=job.attempt)


CONSUMER = Consumer(
    durable="lab", stream=LAB, handlers={NoteKept: report_kept, SignedNote: report_kept}
)
CONSUMER_OF_LAST_RELEASE = replace(
    CONSUMER, handlers={NoteKept: report_kept, NoteOfLastRelease: report_kept}
)
"""The same durable, read by code that does not know version 2."""


def slow_consumer(seconds: float) -> Consumer:
    """Return the same durable, read by code that takes `seconds` for each note."""

    def report_slowly(note: NoteKept | SignedNote) -> None:
        time.sleep(seconds)
        report_kept(note)

    return replace(CONSUMER, handlers=dict.fromkeys(CONSUMER.handlers, report_slowly))
