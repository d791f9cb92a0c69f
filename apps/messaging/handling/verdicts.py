"""Verdicts: what becomes of a message after one attempt, whatever broker brought it."""

from dataclasses import dataclass


class Verdict:
    """What the broker is told about a delivery."""


class Ack(Verdict):
    """Acknowledge it: the effect is committed, now or earlier."""


class Reject(Verdict):
    """Terminate it: it is a dead letter now."""


class NotOurs(Verdict):
    """Leave it alone: it is somebody else's now."""


@dataclass(frozen=True)
class Retry(Verdict):
    """Deliver it again after so many seconds; `failure` names what the handler raised."""

    delay: float
    failure: str = ""
