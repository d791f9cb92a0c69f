"""What a step of a lesson waits for: conditions on hops, on a durable, on a queue, on a switch.

Each function returns a condition for one reader. The shop's own messages and those of other readers
have another number and another trace, so they meet none.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from apps.lab.course.lesson import Hears
from apps.lab.course.reader import Reader
from apps.lab.feed.feed import FEED, HopDict
from apps.lab.queries import faults_on
from apps.messaging.brokers.sqs import QueueGone
from apps.messaging.by_hand.durable_state import DurableProgress, durable_progress
from apps.messaging.jobs import job_queue
from apps.messaging.jobs.job_queue import JobQueue
from apps.orders.events import ORDERS

ANSWER_WITHIN = 0.5
"""Seconds for which a page waits for JetStream."""

type Counts = Mapping[str, int]
"""How many messages of a queue are `visible`, and how many `in_flight`."""


@dataclass(frozen=True, kw_only=True)
class HopWanted:
    """The hop of a step: all values that are not empty are equal, the attempt is at least this."""

    point: str
    worker: str = ""
    consumer: str = ""
    destination: str = ""
    attempt: int = 1

    def is_like(self, hop: HopDict) -> bool:
        """Return whether it is such a hop, and no fault has struck there."""
        return (
            hop["point"] == self.point
            and self.worker in {"", hop["worker"]}
            and self.consumer in {"", hop["consumer"]}
            and self.destination in {"", hop["destination"]}
            and hop["attempt"] >= self.attempt
            and not hop["attributes"].get("fault")
        )

    def of_trace(self, trace: str) -> list[HopDict]:
        return [hop for hop in FEED.of_trace(trace) if self.is_like(hop)]


def typed(wanted: HopWanted, *, at_least: int = 1, **fields: str) -> Hears:
    """Wait for a message that the reader has typed, at so many instances of the worker.

    `fields` are those of its body, with `@number` in them: `id="@number"`.
    """

    def hears(reader: Reader) -> bool:
        body = {name: reader.placed(value) for name, value in fields.items()}
        hops = [hop for hop in FEED.after(0) if wanted.is_like(hop)]
        found = [hop for hop in hops if body.items() <= _fields_of(hop["body"]).items()]
        return len({hop["instance"] for hop in found}) >= at_least

    return hears


def pressed(lesson: str, wanted: HopWanted) -> Hears:
    """Wait for a hop in the trace of the lesson's button."""
    return lambda reader: bool(wanted.of_trace(reader.trace(lesson)))


def durable(name: Callable[[Reader], str], is_so: Callable[[DurableProgress], bool]) -> Hears:
    """Wait until the reader's durable is there, and has come that far."""

    def hears(reader: Reader) -> bool:
        progress = progress_of(name(reader))
        return progress is not None and is_so(progress)

    return hears


def no_durable(name: Callable[[Reader], str]) -> Hears:
    """Wait until the reader has removed the durable."""
    return lambda reader: progress_of(name(reader)) is None


progress_of = partial(durable_progress, ORDERS.name, timeout=ANSWER_WITHIN)


def queue(is_so: Callable[[Counts], bool]) -> Hears:
    """Wait until the reader's own queue is there, and has such counts."""

    def hears(reader: Reader) -> bool:
        with suppress(QueueGone):
            return is_so(job_queue.counts(JobQueue(name=reader.queue)))
        return False

    return hears


def switched_on(point: str, action: str, consumer: str = "") -> Hears:
    """Wait until a fault is on, which all readers share: as on the page of faults."""

    def hears(_: Reader) -> bool:
        on = {(each.point, each.action, each.consumer) for each in faults_on()}
        return (point, action, consumer) in on

    return hears


def _fields_of(body: str) -> dict[str, str]:
    """Return the fields of a body of JSON as text; anything else has none."""
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict):
            return {name: str(value) for name, value in found.items()}
    return {}
