"""The kinds of members: each is one of the shop's loops, with a handler that reports."""

import time
from argparse import Namespace
from collections.abc import Awaitable, Callable
from functools import partial

from apps.lab.handlers import (
    CONSUMER,
    CONSUMER_OF_LAST_RELEASE,
    report_received,
    run_errand,
    slow_consumer,
)
from apps.lab.messages import QUEUE, LabAnswer, LabQuestion, NoteSaid
from apps.lab.report import report
from apps.messaging.events.consumer import consuming
from apps.messaging.jobs.worker import working
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.queue_group import serving
from apps.messaging.request_reply.responder import Service, answering
from apps.messaging.worker.lifecycle import Worker

type Loop = Callable[[Worker], Awaitable[None]]

GROUP = "lab"
AT_ONCE = 4


def group_member(options: Namespace) -> Loop:
    handle = partial(_do_work, options.seconds)
    return serving(options.subject, GROUP, handle, concurrency=1)


def responder(options: Namespace) -> Loop:
    service = Service(
        name="lab",
        description="Answers the experiments of the lab",
        subject=options.subject,
        group=GROUP,
        handle=partial(_answer, options.name),
        threads=AT_ONCE,
    )
    return answering(service)


def listener(options: Namespace) -> Loop:
    return listening(options.subject or NoteSaid.subject, report_received)


def reader(options: Namespace) -> Loop:
    return consuming(slow_consumer(options.seconds) if options.seconds else CONSUMER)


def old_reader(_: Namespace) -> Loop:
    return consuming(CONSUMER_OF_LAST_RELEASE)


def errand_runner(_: Namespace) -> Loop:
    return working(QUEUE, run_errand, concurrency=1)


KINDS: dict[str, Callable[[Namespace], Loop]] = {
    "group": group_member,
    "responder": responder,
    "listener": listener,
    "reader": reader,
    "old-reader": old_reader,
    "errands": errand_runner,
}


def _do_work(seconds: float, body: bytes) -> None:
    number = LabQuestion.read(body).number
    time.sleep(seconds)
    report("done", number=number)


def _answer(name: str, body: bytes) -> LabAnswer:
    question = LabQuestion.read(body)
    report("asked", number=question.number)
    time.sleep(question.seconds)
    return LabAnswer(number=question.number, by=name)
