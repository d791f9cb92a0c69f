"""Messages in flight or waiting for a retry, each with its timer, from the hops of the feed."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.lab.feed.feed import FEED, HopDict
from apps.lab.patterns.deadlines import OVER, POSTPONED, TAKEN, deadline_of

FORGOTTEN_AFTER_SECONDS = 5.0
"""Seconds after its time, for which the next delivery is expected: its hop may be lost."""


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """A message that `consumer` has not settled, and the seconds until its next delivery."""

    consumer: str
    sequence: int
    attempt: int
    seconds: int
    is_retry: bool


def unsettled(
    hops: Sequence[HopDict] | None = None, *, now: float | None = None
) -> list[Unsettled]:
    """Return them, of events and of jobs; by default from all hops that the feed has."""
    at = time.time() if now is None else now
    by_message: dict[tuple[str, str], list[HopDict]] = defaultdict(list)
    for hop in FEED.after(0) if hops is None else hops:
        if hop["point"] in TAKEN | POSTPONED | OVER | {"job.heartbeat"}:
            by_message[hop["message_id"], hop["consumer"]].append(hop)
    found = []
    for of_one in by_message.values():
        last = next((hop for hop in reversed(of_one) if hop["point"] in TAKEN | POSTPONED), None)
        deadline = deadline_of(last, of_one, now=at) if last else None
        if last and deadline and deadline.seconds > -FORGOTTEN_AFTER_SECONDS:
            found.append(
                Unsettled(
                    consumer=last["consumer"],
                    sequence=int(last["attributes"].get("sequence") or 0),
                    attempt=last["attempt"],
                    seconds=max(0, round(deadline.seconds)),
                    is_retry=last["point"] in POSTPONED,
                )
            )
    return found
