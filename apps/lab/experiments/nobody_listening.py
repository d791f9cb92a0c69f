"""Publish-subscribe: what is said while nobody listens, and what a stream keeps."""

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
"""Said when the listener is there: what was said before it would have been heard by then."""


def run(running: Running) -> None:
    say_notes(running)
    keep_notes(running)
    running.say(f"{NOTES} notes are published, and the same {NOTES} recorded in the outbox.")
    running.wait_for("relay.marked", key=key_of(running, NOTES))
    running.say("The stream LAB has them. Only now a listener and a reader of the stream start.")
    listener, reader = Member("listener", "listener"), Member("reader", "reader")
    with ready(listener, reader):
        running.say("Both are there.")
        heard = hear_until_last(running, listener)
        kept = read_notes(running, reader)
    running.count_equal(f"of {NOTES} notes on core NATS, heard", predicted=0, counted=heard)
    running.count_equal(f"of {NOTES} notes in the stream, read", predicted=NOTES, counted=kept)


def say_notes(running: Running) -> None:
    for number in range(1, NOTES + 1):
        broadcast.announce(NoteSaid(run=running.id, number=number))


@transaction.atomic
def keep_notes(running: Running) -> None:
    for number in range(1, NOTES + 1):
        # Each under a key of its own: the relay keeps what has one key in order, one by one.
        note = NoteKept(run=running.id, number=number)
        outbox.record(note, key=key_of(running, number))


def key_of(running: Running, number: int) -> str:
    return f"lab:{running.id}:{number}"


def hear_until_last(running: Running, listener: Member) -> int:
    """Say one more note, wait until it is heard, and return how many were heard before it."""
    broadcast.announce(NoteSaid(run=running.id, number=LAST))
    is_heard = partial(listener.reports_of, "heard", run=running.id, number=LAST)
    if not listener.wait_until(is_heard, within=5.0):
        running.say("Not even a note that was published just now was heard.")
    heard = listener.reports_of("heard", run=running.id)
    return len({told["number"] for told in heard} - {LAST})


def read_notes(running: Running, reader: Member) -> int:
    """Wait for all notes of the stream, for so long; return how many were read."""
    reader.wait_until(lambda: len(reader.reports_of("kept", run=running.id)) >= NOTES, within=15.0)
    return len({told["number"] for told in reader.reports_of("kept", run=running.id)})


EXPERIMENT = Experiment(
    slug="nobody-listening",
    pattern="publish-subscribe",
    title="Nobody is listening",
    why="Core NATS keeps nothing: a message is for those who listen at that moment. A stream "
    "keeps it for those who come later.",
    predicts=(
        (
            f"Of {NOTES} notes that are published while nobody listens, a listener who comes later"
            " hears none."
        ),
        (
            f"Of the same {NOTES} notes that go through the outbox into a stream, a reader who "
            "comes later reads all."
        ),
    ),
    takes=4,
    lock=STREAM_LOCK,
    run=run,
)
