"""Durable events: the broker rejects one message; its own key waits, and another key goes on."""

from uuid import uuid4

from django.db import transaction

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.nobody_listening import key_of, numbers_read
from apps.lab.experiments.running import Running
from apps.lab.messages import NoteKept
from apps.lab.polling import until
from apps.messaging import outbox
from apps.messaging.models import DeadLetter, OutboxMessage
from apps.messaging.recovery import redrive

NOTES = 5
"""Of each key."""
INVALID_SUBJECT = f"{NoteKept.subject} with spaces"
WITHIN_SECONDS = 15.0


def run(running: Running) -> None:
    reader = Member("reader", "reader")
    with ready(reader):
        running.say("A reader of the stream LAB runs.")
        _record(running)
        running.say(
            f"Key A has a message with an invalid subject, then {NOTES} notes; key B, {NOTES}."
        )
        running.count_equal(
            "notes read while key A is blocked",
            predicted=_of_key_b(),
            counted=_read(running, reader, at_least=NOTES),
        )
        letter = _letter(running)
        running.count_equal(
            "dead letters of the outbox", predicted=1, counted=int(letter is not None)
        )
        if letter is None:
            return
        running.say(f"Dead letter {letter.pk}: {letter.reason}. Staff drop it.")
        redrive.drop(id=letter.pk)
        read = _read(running, reader, at_least=2 * NOTES)
    running.count_equal(
        "notes read in all, in this order",
        predicted=[*_of_key_b(), *_of_key_a()],
        counted=read,
    )


def _read(running: Running, reader: Member, *, at_least: int) -> list[int]:
    """Wait for so many notes; return those that were read, in that order."""
    reader.wait_until(lambda: len(numbers_read(running, reader)) >= at_least, within=WITHIN_SECONDS)
    return numbers_read(running, reader)


@transaction.atomic
def _record(running: Running) -> None:
    outbox.record_raw(
        transport=OutboxMessage.Transport.JETSTREAM,
        destination=INVALID_SUBJECT,
        key=key_of(running, "A"),
        headers={"ce-id": str(uuid4())},
        body="{}",
    )
    for key, numbers in (("A", _of_key_a()), ("B", _of_key_b())):
        for number in numbers:
            outbox.record(NoteKept(run=running.id, number=number), key=key_of(running, key))


def _letter(running: Running) -> DeadLetter | None:
    """Wait for the dead letter of this run's message: an interrupted run may have left another."""
    rows = OutboxMessage.objects.filter(key=key_of(running, "A"), destination=INVALID_SUBJECT)
    ids = [str(each) for each in rows.values_list("message_id", flat=True)]
    letters = DeadLetter.objects.filter(
        message_id__in=ids,
        transport=DeadLetter.Transport.OUTBOX,
        state=DeadLetter.State.DEAD,
    )
    until(letters.exists, within=WITHIN_SECONDS)
    return letters.last()


def _of_key_a() -> list[int]:
    return list(range(1, NOTES + 1))


def _of_key_b() -> list[int]:
    return list(range(NOTES + 1, 2 * NOTES + 1))


EXPERIMENT = Experiment(
    slug="one-key-blocked",
    pattern="durable-events",
    title="Two keys, and one is blocked",
    why="Messages of one key are sent in their order. So a message that its broker rejects holds "
    "up the later ones of its key. It must not hold up all others.",
    predicts=(
        "The notes of key B are read in their order, while no note of key A is sent.",
        "The rejected message becomes a dead letter of the outbox.",
        "When it is dropped, the notes of key A are sent, in their order.",
    ),
    takes=6,
    lock=STREAM_LOCK,
    run=run,
)
