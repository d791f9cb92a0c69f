"""How many jobs a worker asks SQS for, and when: those that can begin soon, and no others.

A job that waits in one worker is hidden from the others. So a worker whose jobs take seconds asks
for as many as it has free slots. One whose jobs take milliseconds asks for ten at once, and for the
next ten while it works on these: its threads do not wait for SQS in between.
"""

from typing import NamedTuple

from django.conf import settings

from apps.messaging.brokers.sqs import BATCH

SOON_SECONDS = 1.0
"""A free slot's poll asks for jobs that begin within this time."""
AHEAD_SECONDS = 0.1
"""While no slot is free, a poll asks for jobs that begin within this time."""
FIRST_GUESS_SECONDS = 1.0


class Poll(NamedTuple):
    """What a worker asks of SQS: at most so many jobs; how long SQS waits for the first of them."""

    at_most: int
    wait_seconds: int


class Pace:
    """How long a job takes here, as the last ones show."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._seconds_a_job = FIRST_GUESS_SECONDS
        self._is_queue_empty = False

    def took(self, seconds: float) -> None:
        """Count a job that is done."""
        self._seconds_a_job += 0.3 * (seconds - self._seconds_a_job)

    def received(self, jobs: int) -> None:
        """Note the answer to a poll: while the queue is empty, nothing is asked for ahead."""
        self._is_queue_empty = jobs == 0

    @property
    def most(self) -> int:
        """Return how many jobs this process has at most: those at work, and two polls ahead."""
        return self._slots + 2 * BATCH

    def next_poll(self, *, begun: int, waiting: int, at_most: int) -> Poll | None:
        """Return what to ask for now, or None: not before another job is done.

        `at_most`: so many jobs may be in this process. It is `most`, or fewer.
        """
        free = at_most - begun - waiting
        if free < 1:
            return None
        if begun + waiting < self._slots:
            soon = int((self._slots - begun) * SOON_SECONDS / self._seconds_a_job)
            return Poll(max(1, min(BATCH, soon, free)), settings.SQS_WAIT_SECONDS)
        most_ahead = min(2 * BATCH, self._slots * AHEAD_SECONDS / self._seconds_a_job)
        if self._is_queue_empty or waiting + BATCH > most_ahead or free < BATCH:
            return None
        return Poll(BATCH, 0)  # A long poll would outlast these jobs, and delay a stop.
