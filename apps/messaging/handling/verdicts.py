"""Verdicts: the result of one attempt at a message, for every broker."""

from dataclasses import dataclass


class Verdict:
    """How a delivery is settled with its broker."""


class Ack(Verdict):
    """Acknowledge it: the effect is committed, now or earlier."""


@dataclass(frozen=True)
class Reject(Verdict):
    """Terminate it: it is a dead letter now. Its sender may see `reason`.

    `failure` is the name of the error, if it may say something about other messages too.
    """

    reason: str = ""
    failure: str = ""


class NotOurs(Verdict):
    """Do nothing: another worker has the message now."""


@dataclass(frozen=True)
class Retry(Verdict):
    """Deliver it again after `delay` seconds; `failure` is the name of the handler's error."""

    delay: float
    failure: str = ""
