"""Handlers of the lab's members: each reports a message, and an errand also takes its time."""

import time

from apps.lab.messages import LAB, Errand, NoteKept, NoteSaid
from apps.lab.report import tell
from apps.messaging.events.streams import Consumer
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.pubsub.core_message import CoreMessage


def tell_kept(note: NoteKept) -> None:
    tell("kept", run=note.run, number=note.number)


def tell_heard(heard: CoreMessage) -> None:
    note = NoteSaid.read(heard.body)
    tell("heard", run=note.run, number=note.number)


def run_errand(job: ReceivedJob) -> None:
    errand = Errand.read(job.body)
    tell("begun", run=errand.run, number=errand.number, attempt=job.attempt)
    time.sleep(errand.seconds)
    job.lease.check()
    tell("done", run=errand.run, number=errand.number, attempt=job.attempt)


CONSUMER = Consumer(durable="lab", stream=LAB, handlers={NoteKept: tell_kept})
