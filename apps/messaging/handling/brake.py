"""A brake: if messages in a row fail with the same error, the cause is not in the messages.

A failure is an attempt that failed, or a message that was given up. The consumer of events, or the
worker of jobs, then pauses, instead of making many dead letters.
After each pause, which is longer than the one before, it tries one message. The brake ends when a
message of the same subject is handled, or as many others in a row as would have set it. A job's
subject is the name of its queue.
"""

import logging
import math
import time

from django.conf import settings

from apps.messaging.backoff import backoff
from apps.messaging.handling.verdicts import Ack, Reject, Retry, Verdict
from apps.messaging.worker.lifecycle import Worker

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_AFTER_REJECTION = 5.0
"""Seconds. A message that was given up is settled, and a longer pause would only delay the others:
a sender with the right to publish can forge such messages."""


class Braked(Exception):
    """The consumer pauses, and gives the messages back that it has not begun."""


class Brake:
    """Counts, by kind of failure, the messages of one subject that have failed in a row.

    A kind is the subject, which has one handler, and the name of the exception. A message that
    fails again counts once: it does not show that others would fail too.
    """

    def __init__(self, consumer: str) -> None:
        self.consumer = consumer
        self.kind = ""
        self.pause = 0.0
        self._failed: dict[tuple[str, str], set[int | str]] = {}
        self._passed = 0
        self._pauses = 0
        self._since = 0.0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Return whether messages are tried one at a time."""
        return bool(self.kind)

    @property
    def seconds_left(self) -> float:
        """Return how long the present pause still lasts; 0 without one."""
        return max(0.0, self._until - time.monotonic()) if self.is_on else 0.0

    def at_most(self, batch: int) -> int:
        """Return how many messages may be fetched, or handled, at once."""
        return 1 if self.is_on else batch

    def judged(self, subject: str, id: int | str, verdict: Verdict) -> None:
        """Count a message by the verdict on it. Raises `Braked` as `failed` does."""
        match verdict:
            case Ack():
                self.handled(subject)
            case Retry(failure=failure) if failure:
                self.failed(subject, id, failure)
            case Reject(failure=failure) if failure:
                self.failed(subject, id, failure, longest=LONGEST_AFTER_REJECTION)

    def handled(self, subject: str) -> None:
        """Count a message of this subject that was handled; it may end the brake."""
        for kind in [each for each in self._failed if each[0] == subject]:
            del self._failed[kind]
        self._passed += 1
        others = self._passed >= settings.RETRIES.pause_after
        if self.is_on and (others or self.kind.startswith(f"{subject}: ")):
            seconds = round(time.monotonic() - self._since, 1)
            extra = {"consumer": self.consumer, "reason": self.kind, "seconds": seconds}
            logger.warning("consumer goes on", extra=extra)
            self.kind, self.pause = "", 0.0

    def failed(self, subject: str, id: int | str, error: str, *, longest: float = math.inf) -> None:
        """Count a failed message. Raises `Braked` at the limit, or if it was the trial.

        The pause is at most `longest` seconds, and at most `CONSUMER_LONGEST_PAUSE`.
        """
        failed = self._failed.setdefault((subject, error), set())
        failed.add(id)
        self._passed = 0
        if self.is_on or 0 < settings.RETRIES.pause_after <= len(failed):
            self._begin_pause(f"{subject}: {error}", min(longest, settings.RETRIES.longest_pause))

    def _begin_pause(self, kind: str, longest: float) -> None:
        if not self.is_on:
            self._since = time.monotonic()
            self._pauses = 0
        self._pauses += 1
        self.kind = kind
        self.pause = backoff(self._pauses, first=FIRST_PAUSE_SECONDS, longest=longest)
        self._until = time.monotonic() + self.pause
        extra = {"consumer": self.consumer, "reason": kind, "seconds": self.pause}
        logger.error("consumer pauses", extra=extra)
        raise Braked(kind)


async def wait_out(brake: Brake, worker: Worker) -> None:
    """Wait for the end of the pause, if there is one, as a healthy worker with its reason."""
    worker.report_pause(brake.kind)
    while not worker.stopping.is_set() and (left := brake.seconds_left) > 0:
        worker.step()
        await worker.sleep(min(left, 1.0))
