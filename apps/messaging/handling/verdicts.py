"""Verdicts: what becomes of a message after one attempt, whatever broker brought it."""

from dataclasses import dataclass


class Verdict:
    """How a delivery is settled with its broker."""


class Ack(Verdict):
    """Acknowledge it: the effect is committed, now or earlier."""


class Reject(Verdict):
    """Terminate it: it is a dead letter now."""


class NotOurs(Verdict):
    """Leave it alone: another worker has it now."""


@dataclass(frozen=True)
class Retry(Verdict):
    """Deliver it again after so many seconds; `failure` names what the handler raised."""

    delay: float
    failure: str = ""
