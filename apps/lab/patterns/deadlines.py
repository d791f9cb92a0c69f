"""When a message that is in flight, or has failed, will be delivered again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from apps.lab.feed.feed import HopDict
from apps.messaging.events.streams import ACK_WAIT

TAKEN = {"consumer.fetched", "job.received"}
EXTENDED = {"job.heartbeat"}
POSTPONED = {"consumer.failed", "job.failed"}
OVER = {"consumer.acknowledged", "job.deleted", "letter.buried"}

BY_HAND = "by_hand"
"""The attribute of what a visitor has taken."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """How many seconds are left, and until what."""

    seconds: float
    says: str


def deadline_of(hop: HopDict, hops: Sequence[HopDict], *, now: float) -> Deadline | None:
    """Return when a delivery is followed by the next one; None if a later hop ended it.

    A visitor's own has none here: the visitor's page counts it, and it may end without a hop.
    """
    if hop["point"] not in TAKEN | POSTPONED or hop["attributes"].get(BY_HAND):
        return None
    later = [each for each in hops if each["at"] > hop["at"] and _same(each, hop)]
    if any(each["point"] in OVER | TAKEN | POSTPONED for each in later):
        return None
    if hop["point"] in POSTPONED:
        delay = float(hop["attributes"].get("delay") or 0.0)
        return Deadline(seconds=hop["at"] + delay - now, says="until it is retried")
    extended = [each["at"] for each in later if each["point"] in EXTENDED]
    if hop["point"] == "job.received":
        hidden = settings.SQS_VISIBILITY_TIMEOUT
        return Deadline(
            seconds=max([hop["at"], *extended]) + hidden - now,
            says="until it can be received again, unless it is deleted or hidden for longer",
        )
    return Deadline(
        seconds=hop["at"] + ACK_WAIT.total_seconds() - now,
        says="until it is delivered again, unless its consumer acknowledges it or reports progress",
    )


def _same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return all(one[name] == other[name] for name in ("message_id", "consumer"))
