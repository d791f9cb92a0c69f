"""SQS: what a FIFO queue gives, order in each group and no repeat, and what it costs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from apps.lab.experiments.errands import AT_MOST
from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.running import NotRunnable, Running
from apps.lab.polling import until
from apps.messaging.brokers.queue_names import name_at_sqs
from apps.messaging.by_hand.sqs_at_terminal import call

FAILS, OTHER = "A", "B"
BODIES = ("A1", "A2", "A3", "B1", "B2")
"""The first letter is the group."""
VISIBILITY = 8
"""Seconds: a busy machine needs some for the calls meanwhile."""
ARRIVES_WITHIN_SECONDS = 15.0
MARGIN = 0.3

type FifoMessages = list[tuple[str, str]]
"""Bodies with their receipt handles, in the order of their delivery."""


def run(running: Running) -> None:
    with _queue(f"lab-{running.id}.fifo") as url:
        for body in (*BODIES, BODIES[0]):
            _send(url, body)
        running.say(f"Sent {', '.join(BODIES)}, and A1 once more with the same deduplication id.")
        first = _receive(url, at_most=1)
        held_since = time.monotonic()
        if [body for body, _ in first] != ["A1"]:
            raise NotRunnable(f"The first receive got {_bodies(first)}, and not A1.")
        running.say(f"A1 is received and not deleted, as if its handler failed: {VISIBILITY} s.")
        _other_group_goes_on(running, url, held_since)
        _failed_one_comes_first(running, url, held_since)
        _say_what_a_late_repeat_does(running, url)


def _other_group_goes_on(running: Running, url: str, held_since: float) -> None:
    """Take all that there is while A1 is in flight."""
    taken: FifoMessages = []
    while more := _receive(url, at_most=AT_MOST):
        taken += more
    if time.monotonic() - held_since > VISIBILITY - MARGIN:
        raise NotRunnable(f"This machine is too busy to look within {VISIBILITY} s.")
    _delete(url, taken)
    of_others = [body for body in _bodies(taken) if body.startswith(OTHER)]
    blocked = [body for body in _bodies(taken) if body.startswith(FAILS)]
    running.count_equal(
        "of group B, while A1 is in flight", predicted=["B1", "B2"], counted=of_others
    )
    running.count_equal("of group A, while A1 is in flight", predicted=[], counted=blocked)


def _failed_one_comes_first(running: Running, url: str, held_since: float) -> None:
    """Take group A; what was sent twice must come once.

    One by one: of several that come again, moto (5.2) delivers the last first.
    """
    order: list[str] = []

    def is_empty() -> bool:
        taken = _receive(url, at_most=1)
        order.extend(_bodies(taken))
        _delete(url, taken)
        return len(order) >= 3 and not taken

    until(is_empty, within=VISIBILITY + ARRIVES_WITHIN_SECONDS)
    running.say(f"Group A was held up for {time.monotonic() - held_since:.1f} s, group B was not.")
    running.count_equal(
        "of group A afterwards, in this order", predicted=["A1", "A2", "A3"], counted=order
    )


def _say_what_a_late_repeat_does(running: Running, url: str) -> None:
    _send(url, BODIES[0])
    again = _receive(url, at_most=1)
    _delete(url, again)
    running.say(
        "A1 was sent a third time, after it was deleted: this server "
        f"{'delivers it' if again else 'does not deliver it'}. AWS does not for five minutes, and "
        "delivers it later: a consumer still needs an inbox."
    )


@contextmanager
def _queue(name: str) -> Iterator[str]:
    """Make a FIFO queue for this run alone, and remove it. Raises `BrokerAway`."""
    made = call(
        "create_queue",
        {
            "QueueName": name_at_sqs(name),
            "Attributes": {"FifoQueue": "true", "VisibilityTimeout": str(VISIBILITY)},
        },
    )
    url: str = made["QueueUrl"]
    try:
        yield url
    finally:
        call("delete_queue", {"QueueUrl": url})


def _send(url: str, body: str) -> None:
    about = {"MessageGroupId": body[0], "MessageDeduplicationId": body}
    call("send_message", {"QueueUrl": url, "MessageBody": body, **about})


def _receive(url: str, *, at_most: int) -> FifoMessages:
    answer = call("receive_message", {"QueueUrl": url, "MaxNumberOfMessages": at_most})
    return [(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", [])]


def _delete(url: str, messages: FifoMessages) -> None:
    for _, handle in messages:
        call("delete_message", {"QueueUrl": url, "ReceiptHandle": handle})


def _bodies(messages: FifoMessages) -> list[str]:
    return [body for body, _ in messages]


EXPERIMENT = Experiment(
    slug="fifo-queue",
    pattern="sqs-jobs",
    title="A FIFO queue: order in each group, and its price",
    why="A standard queue keeps no order, and may deliver a job twice. A FIFO queue keeps the "
    "order of each message group, and drops a repeat that has the same deduplication id. Its "
    "price: a job that is not deleted holds up its group. The shop needs neither, as its jobs may "
    "come in any order, and more than once.",
    predicts=(
        "While A1 is in flight, nothing of group A is received; group B is, in its order.",
        "When its time is over, A1 comes first again, then A2 and A3.",
        "A1 was sent twice within five minutes, and is in the queue once.",
    ),
    takes=VISIBILITY + 1,
    run=run,
)
