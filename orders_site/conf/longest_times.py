"""How long a piece of work may take before it hangs and its process ends, and a call to another."""

from dataclasses import dataclass

from orders_site.conf.environment import Environment

HOUR, DAY = 3600, 86_400
"""Seconds. What is above the longest time that makes sense is a slip; much more would overflow."""
LONGEST_ENQUEUE = 4
"""Seconds. A handler enqueues before its event is acknowledged, and tries twice."""


@dataclass(frozen=True, kw_only=True)
class LongestTimes:
    """Seconds. `standstill` is for the whole process: nothing in it has moved for so long.

    A long poll of SQS has its own, beyond the longest wait that SQS knows.
    """

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
