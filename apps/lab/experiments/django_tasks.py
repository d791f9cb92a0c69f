"""Durable events: Django's own tasks, with the backend that Django brings, beside the outbox."""

import os
from functools import partial

from django.db import transaction
from django.tasks import TaskResultStatus, task

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import STREAM_LOCK
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.nobody_listening import (
    LAST,
    key_of,
    numbers_read,
    receive_until_last,
)
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.messages import NoteKept, NoteSaid
from apps.lab.polling import until
from apps.messaging import outbox
from apps.messaging.pubsub import broadcast

NOTES, HELLO = 5, 0
HEARD_WITHIN_SECONDS, READ_WITHIN_SECONDS = 10.0, 15.0


class TakenBack(Exception):
    """The cause of the notes did not come about."""


@task
def say(run: int, number: int) -> int:
    """Publish a note at once, as a task sends a mail, and return the number of this process."""
    note = NoteSaid(run=run, number=number)
    broadcast.publish(note.subject, note.to_json().encode(), {})
    return os.getpid()


@task
def fail() -> None:
    raise TakenBack("this task fails on purpose")


def run(running: Running) -> None:
    listener, reader = Member("listener", "listener"), Member("reader", "reader")
    with ready(listener, reader):
        _until_it_hears(running, listener)
        running.say("A listener and a reader of the stream LAB run.")
        pids = _take_back(running)
        running.say(f"{NOTES} tasks and {NOTES} rows of the outbox; then the transaction failed.")
        heard = receive_until_last(running, listener) - 1  # Without the first, HELLO.
        kept = _kept_before_last(running, reader)
    here = sum(pid == os.getpid() for pid in pids)
    running.count_equal(
        f"of {NOTES} tasks, done by the process that enqueued them", predicted=NOTES, counted=here
    )
    running.count_equal(
        f"of {NOTES} notes of tasks, sent without their cause", predicted=NOTES, counted=heard
    )
    running.count_equal(
        f"of {NOTES} notes in the outbox, sent without their cause", predicted=0, counted=kept
    )
    result = fail.enqueue()
    running.say("A task fails. Its caller gets a result, and no exception.")
    running.count_equal(
        "attempts of a task that fails, and its end",
        predicted=f"1, {TaskResultStatus.FAILED}",
        counted=f"{result.attempts}, {result.status}",
    )


def _until_it_hears(running: Running, listener: Member) -> None:
    """Publish a note until it is received: the connection of this process may be new, or broken."""

    def has_come() -> bool:
        broadcast.announce(NoteSaid(run=running.id, number=HELLO))
        return bool(listener.reports_of("received", run=running.id, number=HELLO))

    if not until(has_come, within=HEARD_WITHIN_SECONDS):
        raise NotRunnable(f"The listener received no note within {HEARD_WITHIN_SECONDS:.0f} s.")


def _take_back(running: Running) -> list[int]:
    """Enqueue tasks and record rows in a transaction that fails; return where tasks were done."""
    pids = []
    try:
        with transaction.atomic():
            for number in range(1, NOTES + 1):
                note = NoteKept(run=running.id, number=number)
                outbox.record(note, key=key_of(running, number))
                pids.append(say.enqueue(running.id, number).return_value)
            raise TakenBack("the order behind these notes")
    except TakenBack:
        return pids


def _kept_before_last(running: Running, reader: Member) -> int:
    """Record one more note and wait until it is read; return how many were read besides."""
    with transaction.atomic():
        outbox.record(NoteKept(run=running.id, number=LAST), key=key_of(running, LAST))
    is_read = partial(reader.reports_of, "kept", run=running.id, number=LAST)
    if not reader.wait_until(is_read, within=READ_WITHIN_SECONDS):
        running.say("Even a note that was recorded just now was not read.")
    return len({*numbers_read(running, reader)} - {LAST})


EXPERIMENT = Experiment(
    slug="django-tasks",
    pattern="durable-events",
    title="django.tasks, with Django's own backend",
    why="Django's tasks are an interface: what it promises is what its backend promises. The one "
    "that Django brings, ImmediateBackend, works at once, in the process of the caller.",
    predicts=(
        f"{NOTES} tasks are done in the caller's process, before their transaction ends.",
        (
            f"The transaction fails; the effects of the {NOTES} tasks are there all the same. "
            f"Of {NOTES} rows that it recorded in the outbox, none is sent."
        ),
        "A task that fails is tried once.",
    ),
    takes=4,
    lock=STREAM_LOCK,
    run=run,
)
