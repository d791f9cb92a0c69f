"""Publish-subscribe: messages published without a listener, and what a stream keeps."""

from functools import partial

from django.db import transaction

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import Running
from apps.lab.messages import NoteKept, NoteSaid
from apps.messaging import outbox
from apps.messaging.pubsub import broadcast

NOTES = 20
LAST = NOTES + 1
"""Published when the listener runs: it would have received any earlier note by then."""


def run(running: Running) -> None:
    say_notes(running)
    keep_notes(running)
    running.say(f"{NOTES} notes are published, and the same {NOTES} recorded in the outbox.")
    running.wait_for("relay.marked", key=key_of(running, NOTES))
    running.say("The stream LAB has them. Now a listener and a reader of the stream start.")
    listener, reader = Member("listener", "listener"), Member("reader", "reader")
    with ready(listener, reader):
        running.say("Both are ready.")
        received = receive_until_last(running, listener)
        kept = read_notes(running, reader)
    running.count_equal(f"of {NOTES} notes on core NATS, received", predicted=0, counted=received)
    running.count_equal(f"of {NOTES} notes in the stream, read", predicted=NOTES, counted=kept)


def say_notes(running: Running) -> None:
    for number in range(1, NOTES + 1):
        broadcast.announce(NoteSaid(run=running.id, number=number))


@transaction.atomic
def keep_notes(running: Running, count: int = NOTES) -> None:
    for number in range(1, count + 1):
        # Each with its own key: the relay publishes messages of one key one by one.
        note = NoteKept(run=running.id, number=number)
        outbox.record(note, key=key_of(running, number))


def key_of(running: Running, key: int | str) -> str:
    return f"lab:{running.id}:{key}"


def receive_until_last(running: Running, listener: Member) -> int:
    """Publish one more note, wait until it is received; return how many came before it."""
    broadcast.announce(NoteSaid(run=running.id, number=LAST))
    is_received = partial(listener.reports_of, "received", run=running.id, number=LAST)
    if not listener.wait_until(is_received, within=5.0):
        running.say("Even a note that was published just now was not received.")
    received = listener.reports_of("received", run=running.id)
    return len({report["number"] for report in received} - {LAST})


def read_notes(running: Running, reader: Member) -> int:
    """Wait for all notes of the stream, at most 15 s; return how many were read."""
    reader.wait_until(lambda: len(numbers_read(running, reader)) >= NOTES, within=15.0)
    return len(set(numbers_read(running, reader)))


def numbers_read(running: Running, reader: Member) -> list[int]:
    """Return the numbers of the notes that a reader has read so far, in that order."""
    return [report["number"] for report in reader.reports_of("kept", run=running.id)]


EXPERIMENT = Experiment(
    slug="nobody-listening",
    pattern="publish-subscribe",
    title="No listener",
    why="Core NATS stores nothing: it delivers a message to those who listen at that moment. A "
    "stream stores it for later readers.",
    predicts=(
        (
            f"Of {NOTES} notes that are published while there is no listener, a later one receives "
            "none."
        ),
        (
            f"Of the same {NOTES} notes that go through the outbox into a stream, a later reader "
            "reads all."
        ),
    ),
    takes=4,
    lock=STREAM_LOCK,
    run=run,
)
