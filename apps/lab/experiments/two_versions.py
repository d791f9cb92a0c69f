"""Durable events: an event changes its version while old and new readers run side by side."""

from functools import partial

from django.db import transaction

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.nobody_listening import key_of, numbers_read
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.handlers import CONSUMER
from apps.lab.messages import NoteOfLastRelease, SignedNote
from apps.lab.polling import until
from apps.messaging import outbox
from apps.messaging.models import DeadLetter, FailedDelivery, OutboxMessage

NOTES = 20
"""Of each step of the deployment."""
WITHIN_SECONDS = 20.0


def run(running: Running) -> None:
    letters = _dead_letters()
    old, new = Member("old-reader", "old reader"), Member("reader", "new reader")
    with ready(new):
        with ready(old):
            running.say("A reader of the last release and a new one read the same durable.")
            _write(running, range(1, NOTES + 1), old_writer=True)
            read = _wait_until_read(running, [old, new], NOTES)
            running.say(f"The old writer has written {NOTES} notes of version 1: {read} are read.")
        running.say("The old reader has ended; the old writer and a new one write.")
        _write(running, range(NOTES + 1, 2 * NOTES + 1), old_writer=True)
        _write(running, range(2 * NOTES + 1, 3 * NOTES + 1), old_writer=False)
        read = _wait_until_read(running, [old, new], 3 * NOTES)
    running.count_equal("notes of either version that were read", predicted=3 * NOTES, counted=read)
    for reader in (old, new):
        running.say(f"The {reader.name} has read {len(numbers_read(running, reader))}.")
    both = set(numbers_read(running, old)) & set(numbers_read(running, new))
    running.count_equal("notes that both have read", predicted=0, counted=len(both))
    _read_too_early(running)
    running.count_equal("dead letters", predicted=0, counted=_dead_letters() - letters)


def _read_too_early(running: Running) -> None:
    """The wrong order: version 2 is written while only an old reader runs."""
    number = 3 * NOTES + 1
    with ready(Member("old-reader", "old reader")):
        _write(running, range(number, number + 1), old_writer=False)
        if not until(lambda: _has_failed(running, number), within=WITHIN_SECONDS):
            raise NotRunnable("The old reader has not received the note.")
        running.say("In the wrong order: an old reader has received version 2; it tries later.")
    new = Member("reader", "new reader")
    with ready(new):
        is_read = partial(new.reports_of, "kept", run=running.id, number=number)
        read = new.wait_until(is_read, within=WITHIN_SECONDS)
    running.count(
        "the note that came before its reader",
        predicted="read by the new reader",
        counted="read by the new reader" if read else "not read",
        held=read,
    )


@transaction.atomic
def _write(running: Running, numbers: range, *, old_writer: bool) -> None:
    for number in numbers:
        note = (
            NoteOfLastRelease(run=running.id, number=number)
            if old_writer
            else SignedNote(run=running.id, number=number, by="lab")
        )
        outbox.record(note, key=key_of(running, number))


def _has_failed(running: Running, number: int) -> bool:
    """Return whether an attempt at the note has failed: its row has the id of the message."""
    row = OutboxMessage.objects.get(key=key_of(running, number))
    failed = FailedDelivery.objects.filter(
        consumer=CONSUMER.durable, message_id=str(row.message_id)
    )
    return failed.exists()


def _dead_letters() -> int:
    return DeadLetter.objects.filter(consumer=CONSUMER.durable).count()


def _wait_until_read(running: Running, readers: list[Member], notes: int) -> int:
    """Wait until so many notes are read; return how many different ones are."""

    def read() -> int:
        return len({number for reader in readers for number in numbers_read(running, reader)})

    readers[-1].wait_until(lambda: read() >= notes, within=WITHIN_SECONDS)
    return read()


EXPERIMENT = Experiment(
    slug="two-versions",
    pattern="durable-events",
    title="A new version of an event, during a deployment",
    why="While code is replaced, old and new readers read one stream, and an old writer is still "
    "at work. A stream also keeps what was written a week ago.",
    predicts=(
        "New readers, which start first, read both versions: no note is lost, none is read twice.",
        (
            "A note of version 2 that an old reader receives is no dead letter: it waits until a "
            "new reader is there."
        ),
    ),
    takes=10,
    lock=STREAM_LOCK,
    run=run,
)
