"""How long failing work is retried, and when a consumer pauses."""

from dataclasses import dataclass

from orders_site.conf.environment import Environment
from orders_site.conf.longest_times import DAY, HOUR
from orders_site.conf.pruning import STREAM_DAYS

LONGEST_JOB_RETRY = 12 * HOUR
"""Seconds. SQS itself gives a job up after a hundred receives, ten minutes apart at the most."""


@dataclass(frozen=True, kw_only=True)
class Retries:
    """Limits in seconds; `pause_after` counts messages that failed alike, one after another."""

    events_for: float
    jobs_for: float
    mails_for: float
    pause_after: int
    longest_pause: float


def read(env: Environment, *, demo: bool) -> Retries:
    """Return the limits. In the demo, six failures in half a minute make an event a dead letter.

    A job becomes one after five, in a little more than a minute.
    A mail is put off in the demo too: its experiments do not break the mail server.
    """
    return Retries(
        events_for=env.float(
            "EVENT_RETRY_SECONDS",
            default=0.0 if demo else 3600.0,
            at_least=0,
            at_most=STREAM_DAYS * DAY,  # the stream deletes events after that
        ),
        jobs_for=env.float(
            "JOB_RETRY_SECONDS",
            default=0.0 if demo else 3600.0,
            at_least=0,
            at_most=LONGEST_JOB_RETRY,
        ),
        mails_for=env.float("MAIL_RETRY_SECONDS", default=86_400.0, at_least=0, at_most=30 * DAY),
        pause_after=env.int("CONSUMER_PAUSE_AFTER", default=10, at_least=0, at_most=1000),
        longest_pause=env.float("CONSUMER_LONGEST_PAUSE", default=60.0, at_least=1, at_most=HOUR),
    )
