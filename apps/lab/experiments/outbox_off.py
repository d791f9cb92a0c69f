"""Durable events: NATS is away for some seconds, with the outbox and without it."""

import time

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.nobody_listening import (
    NOTES,
    keep_notes,
    key_of,
    read_notes,
    receive_until_last,
    say_notes,
)
from apps.lab.experiments.running import Running

AWAY = 3.0


def run(running: Running) -> None:
    listener, reader = Member("listener", "listener"), Member("reader", "reader")
    with ready(listener, reader):
        running.say("A listener and a reader of the stream LAB run from the start.")
        running.break_at("core.publishing", "skip", worker="web")
        running.break_at("relay.publishing", "skip", worker="outbox_relay")
        running.say("NATS is away for the messages of this run.")
        say_notes(running)
        keep_notes(running)
        running.say(f"{NOTES} notes are sent after their commit, {NOTES} recorded in the outbox.")
        running.wait_for("relay.publishing", key=key_of(running, 1))
        time.sleep(AWAY)
        running.mend(worker="outbox_relay")
        running.say(f"NATS is back, after {AWAY:.0f} s.")
        lost = NOTES - receive_until_last(running, listener)
        kept = read_notes(running, reader)
    running.count_equal(f"of {NOTES} sent directly, lost", predicted=NOTES, counted=lost)
    running.count_equal(f"of {NOTES} in the outbox, lost", predicted=0, counted=NOTES - kept)


EXPERIMENT = Experiment(
    slug="outbox-off",
    pattern="durable-events",
    title="NATS is away, with and without an outbox",
    why="A message that is published after the commit is lost if the broker is away at that "
    "moment. A row that was committed with its cause waits until the broker is back.",
    predicts=(
        (
            f"Of {NOTES} notes that are sent directly after their commit while NATS is away, all "
            "are lost."
        ),
        f"Of {NOTES} notes that are recorded in the outbox meanwhile, none is lost.",
    ),
    takes=7,
    lock=STREAM_LOCK,
    run=run,
)
