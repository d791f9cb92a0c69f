"""Time limits: of work, after which its process ends, and of calls to other servers."""

from dataclasses import dataclass

from orders_site.conf.environment import Environment

HOUR, DAY = 3600, 86_400
"""Seconds. Upper bounds of settings: a longer time is a mistake, a huge one would overflow."""
LONGEST_ENQUEUE = 4
"""Seconds. A handler enqueues before its event is acknowledged, and tries twice."""


@dataclass(frozen=True, kw_only=True)
class LongestTimes:
    """Limits in seconds. `standstill` is how long a whole process may make no progress.

    A long poll of SQS has a limit of its own, above the longest wait that SQS allows.
    """

    request: float
    handler: float
    job: float
    standstill: float
    decoder: int
    probe: float
    nats_call: float
    sqs_call: float
    enqueue: float
    s3_call: float


def read(env: Environment) -> LongestTimes:
    return LongestTimes(
        request=env.float("REQUEST_SECONDS", default=60.0, at_least=1, at_most=HOUR),
        handler=env.float("HANDLER_SECONDS", default=60.0, at_least=1, at_most=DAY),
        job=env.float("JOB_SECONDS", default=600.0, at_least=1, at_most=DAY),
        standstill=env.float("STANDSTILL_SECONDS", default=90.0, at_least=5, at_most=HOUR),
        decoder=env.int("DECODER_SECONDS", default=90, at_least=1, at_most=HOUR),
        probe=env.float("PROBE_SECONDS", default=1.0, at_least=0.1, at_most=HOUR),
        nats_call=env.float("NATS_CALL_SECONDS", default=5.0, at_least=0.1, at_most=HOUR),
        sqs_call=env.float("SQS_CALL_SECONDS", default=2.0, at_least=0.1, at_most=HOUR),
        enqueue=env.float("ENQUEUE_SECONDS", default=3.0, at_least=0.1, at_most=LONGEST_ENQUEUE),
        s3_call=env.float("S3_CALL_SECONDS", default=10.0, at_least=0.1, at_most=HOUR),
    )
