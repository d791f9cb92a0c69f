"""Durable events: more notes arrive than their reader handles; it pulls what it can do."""

from dataclasses import dataclass

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.nobody_listening import keep_notes, numbers_read
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.handlers import CONSUMER
from apps.lab.messages import LAB
from apps.lab.polling import until
from apps.messaging.by_hand.durable_state import durable_states
from apps.messaging.events.consumer import BATCH

NOTES = 6 * BATCH
SECONDS = 0.03
"""Of work for each note."""
SENT_WITHIN_SECONDS, READ_WITHIN_SECONDS = 20.0, 60.0


@dataclass
class _Most:
    """The highest figures of the durable so far."""

    in_flight: int = 0
    waiting: int = 0
    redelivered: int = 0

    def look(self) -> int:
        """Return how many notes are in the stream and not settled yet."""
        state = durable_states(LAB.name, [CONSUMER.durable])[CONSUMER.durable]
        if state is None:
            return 0
        self.in_flight = max(self.in_flight, state.ack_pending)
        self.waiting = max(self.waiting, state.pending)
        self.redelivered = max(self.redelivered, state.redelivered)
        return state.pending + state.ack_pending


def run(running: Running) -> None:
    reader, most = Member("reader", "reader", f"--seconds={SECONDS}"), _Most()
    with ready(reader):
        running.say(f"A reader runs. It takes {SECONDS:.2f} s for each note.")
        keep_notes(running, NOTES)
        by_then = _done_when_all_are_sent(running, reader, most)
        running.say(f"All {NOTES} notes are in the stream; the reader has done {by_then}.")
        until(lambda: _is_done(running, reader, most), within=READ_WITHIN_SECONDS)
        read = numbers_read(running, reader)
    running.count(
        "notes done when the sender was done",
        predicted=f"fewer than {NOTES // 2}",
        counted=by_then,
        held=by_then < NOTES // 2,
    )
    running.count(
        f"notes in flight at most, while up to {most.waiting} waited in the stream",
        predicted=f"1 to {BATCH}",
        counted=most.in_flight,
        held=0 < most.in_flight <= BATCH,
    )
    running.count_equal("notes in flight that came again", predicted=0, counted=most.redelivered)
    running.count_equal("notes done in the end", predicted=NOTES, counted=len(set(read)))


def _done_when_all_are_sent(running: Running, reader: Member, most: _Most) -> int:
    """Wait until all notes are in the stream; return how many are done by then.

    Not until their rows are marked: on SQLite the relay waits for the reader's transactions.
    """

    def is_sent() -> bool:
        return most.look() + len(numbers_read(running, reader)) >= NOTES

    if not until(is_sent, within=SENT_WITHIN_SECONDS):
        raise NotRunnable(f"The relay has not sent the notes within {SENT_WITHIN_SECONDS:.0f} s.")
    return len(numbers_read(running, reader))


def _is_done(running: Running, reader: Member, most: _Most) -> bool:
    most.look()
    return len(numbers_read(running, reader)) >= NOTES


EXPERIMENT = Experiment(
    slug="more-than-handled",
    pattern="durable-events",
    title="More arrives than is handled",
    why="A sender does not know how quick its readers are. A reader that is sent everything must "
    "hold it in memory or drop it. A reader that pulls asks for what it can do next, and "
    "the stream keeps the rest.",
    predicts=(
        "The sender is done while most notes are not: a slow reader slows no sender.",
        f"Never more than {BATCH} notes are in flight, however many wait.",
        "So none waits in the reader until it is delivered a second time, and none is lost.",
    ),
    takes=8,
    lock=STREAM_LOCK,
    run=run,
)
