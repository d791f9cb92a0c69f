"""SQS: a job that was received and not deleted comes again, with another receipt handle."""

import time

from apps.lab.experiments.errands import VISIBILITY, begin_empty, receive, send
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.locks import QUEUE_LOCK
from apps.lab.experiments.running import NotRunnable, Running
from apps.messaging.jobs import receipts
from apps.messaging.jobs.delivery import ReceivedJob

ARRIVES_WITHIN_SECONDS = 15
AGAIN_WITHIN_SECONDS = 5.0
"""Seconds after the visibility timeout."""
MARGIN = 0.3


def come_back(running: Running) -> None:
    begin_empty()
    first = _first_receive(running, jobs=1)[1]
    hidden_at = time.monotonic()
    running.say(f"Received, and not deleted: it is hidden for {VISIBILITY} s.")
    seen = _look_while_hidden(running, hidden_at)
    running.count_equal("receives that find it while it is hidden", predicted=0, counted=seen)
    again = _receive_again(running).get(1)
    seconds = time.monotonic() - hidden_at
    if again:
        running.say("The timeout is over, and the job came again.")
        receipts.delete([again])
    running.count(
        "back after",
        predicted=f"{VISIBILITY} to {VISIBILITY + AGAIN_WITHIN_SECONDS:.0f} s",
        counted=f"{seconds:.1f} s" if again else "never",
        held=again is not None and seconds >= VISIBILITY - MARGIN,
    )
    attempts = f"{first.attempt}, then {again.attempt}" if again else f"{first.attempt}"
    running.count_equal("its receive count", predicted="1, then 2", counted=attempts)


def compare_handles(running: Running) -> None:
    begin_empty()
    first = _first_receive(running, jobs=2)
    running.say(f"Two jobs are received, and not deleted: hidden for {VISIBILITY} s.")
    time.sleep(VISIBILITY)
    second = _receive_again(running, jobs=2)
    if len(second) < 2:
        raise NotRunnable("The jobs did not come again.")
    running.say("Both are received again.")
    fresh = sum(first[each].receipt_handle != second[each].receipt_handle for each in (1, 2))
    running.count_equal("receipt handles that are new", predicted=2, counted=fresh)
    _delete_by_either(running, first, second)


def _first_receive(running: Running, *, jobs: int) -> dict[int, ReceivedJob]:
    send(running, jobs=jobs)
    running.wait_for("relay.marked", consumer="sqs", within=ARRIVES_WITHIN_SECONDS)
    received = _receive_all(running, jobs, within=ARRIVES_WITHIN_SECONDS)
    if len(received) < jobs:
        raise NotRunnable(f"The jobs were not in the queue within {ARRIVES_WITHIN_SECONDS} s.")
    return received


def _receive_again(running: Running, *, jobs: int = 1) -> dict[int, ReceivedJob]:
    return _receive_all(running, jobs, within=VISIBILITY + AGAIN_WITHIN_SECONDS)


def _receive_all(running: Running, jobs: int, *, within: float) -> dict[int, ReceivedJob]:
    deadline = time.monotonic() + within
    received: dict[int, ReceivedJob] = {}
    while len(received) < jobs and time.monotonic() < deadline:
        received |= receive(running, wait=1)
    return received


def _look_while_hidden(running: Running, hidden_at: float) -> int:
    """Receive once a second until shortly before the timeout; return how often it was found."""
    seen = 0
    for second in range(1, VISIBILITY):
        time.sleep(max(0.0, hidden_at + second - time.monotonic()))
        found = len(receive(running))
        if time.monotonic() > hidden_at + VISIBILITY - MARGIN:
            raise NotRunnable(f"This machine is too busy to look within {VISIBILITY} s.")
        running.say(f"{VISIBILITY - second} s left: a receive finds {found or 'nothing'}.")
        seen += found
    return seen


def _delete_by_either(
    running: Running, first: dict[int, ReceivedJob], second: dict[int, ReceivedJob]
) -> None:
    """Delete job 1 by its first handle and job 2 by its second; report which comes again."""
    has_failed = bool(receipts.delete([first[1]]))
    receipts.delete([second[2]])
    running.say("Job 1 is deleted by its first handle, job 2 by its second.")
    time.sleep(VISIBILITY)
    left = receive(running, wait=1)
    if left:
        receipts.delete([*left.values()])
    running.say(
        "Deleting job 1 by its first handle: this broker answers with "
        f"{'a failure' if has_failed else 'a success'}, and the job is "
        f"{'there again' if 1 in left else 'gone'}. Do not rely on it: SQS may answer "
        "with success and keep the job."
    )
    running.count_equal(
        "times that job 2, deleted by its newest handle, came again",
        predicted=0,
        counted=int(2 in left),
    )


RECEIVED_NOT_DELETED = Experiment(
    slug="received-not-deleted",
    pattern="sqs-jobs",
    title="Received, and not deleted",
    why="ReceiveMessage removes nothing from the queue: it hides a message for the visibility "
    "timeout. Only DeleteMessage removes it.",
    predicts=(
        f"While the job is hidden, no other receive gets it; after {VISIBILITY} s it is visible.",
        "Its receive count is 2 then, so a worker knows that it may be a repeat.",
    ),
    takes=4,
    lock=QUEUE_LOCK,
    run=come_back,
)
SECOND_RECEIPT_HANDLE = Experiment(
    slug="second-receipt-handle",
    pattern="sqs-jobs",
    title="The second receipt handle",
    why="A receipt handle belongs to one receive, not to the message. After a second receive, use "
    "the newest handle.",
    predicts=(
        "The second receive of a job has another receipt handle than the first.",
        "Deleted by the newest handle, a job does not come again.",
    ),
    takes=7,
    lock=QUEUE_LOCK,
    run=compare_handles,
)
