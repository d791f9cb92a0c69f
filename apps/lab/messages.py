"""The lab's own stream, queue and messages, for experiments that must not use the shop's."""

from datetime import timedelta
from typing import ClassVar

from apps.messaging.events.streams import Stream
from apps.messaging.events.versions import EarlierEvent
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.message import BroadcastMessage, Event, Job, Payload

LAB = Stream(
    name="LAB",
    subjects=("lab.kept.>",),
    max_age=timedelta(hours=1),
    max_bytes=16 * 1024**2,
    discard="old",
)
QUEUE = JobQueue(name="lab", retry_seconds=1.0)


class NoteKept(Event):
    """A numbered note of one run of an experiment, stored in the stream."""

    subject: ClassVar[str] = "lab.kept.note"

    run: int
    number: int


class SignedNote(Event):
    """A note with its writer, which version 1 did not name."""

    subject: ClassVar[str] = "lab.kept.signed"
    version: ClassVar[int] = 2

    run: int
    number: int
    by: str


class SignedNoteV1(EarlierEvent):
    """The same as the last release writes it."""

    subject: ClassVar[str] = "lab.kept.signed"

    run: int
    number: int

    def upcast(self) -> SignedNote:
        return SignedNote(run=self.run, number=self.number, by="")


SignedNote.earlier = (SignedNoteV1,)


class NoteOfLastRelease(Event):
    """The same as readers of the last release know it: they know no other version."""

    subject: ClassVar[str] = "lab.kept.signed"

    run: int
    number: int


class NoteSaid(BroadcastMessage):
    """The same note on core NATS, for listeners of that moment."""

    subject: ClassVar[str] = "lab.said"

    run: int
    number: int


class Errand(Job):
    """A numbered job of one run of an experiment; its work takes `seconds`."""

    queue: ClassVar[str] = QUEUE.name

    run: int
    number: int
    seconds: float = 0.0


class LabQuestion(Payload):
    """A numbered question; its answer takes `seconds`."""

    number: int
    seconds: float = 0.0


class LabAnswer(Payload):
    """The answer, with the name of the responder."""

    number: int
    by: str
