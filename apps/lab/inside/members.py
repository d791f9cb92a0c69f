"""The members of each group: the processes that share its work, and how much each had lately."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from apps.lab.feed.feed import FEED, HopDict

LATELY = 60.0
"""Seconds."""
TAKES = {"request.received", "group.received", "consumer.fetched", "job.received", "mail.claimed"}
"""The hooks at which a process has taken a message from those that share it."""


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """A process, and its part of what its group took lately."""

    instance: str
    pid: int
    count: int
    percent: int


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """The processes of one worker, which take from one subject, durable or queue."""

    name: str
    count: int
    members: tuple[GroupMember, ...]


def groups() -> list[GroupView]:
    """Return the groups whose processes run, in the order of `WORKERS`."""
    now = time.monotonic()
    alive = [
        (worker, instance, seen.pid)
        for worker, instance, seen in FEED.processes()
        if worker in settings.WORKERS and seen.is_there(now)
    ]
    taken = _taken(FEED.after(0), since=time.time() - LATELY)
    return [
        _group(worker, [(at, pid) for name, at, pid in alive if name == worker], taken)
        for worker in settings.WORKERS
        if any(name == worker for name, _, _ in alive) and any(name == worker for name, _ in taken)
    ]


def _taken(hops: Iterable[HopDict], *, since: float) -> Counter[tuple[str, str]]:
    """Return how many messages each worker and instance took."""
    return Counter(
        (hop["worker"], hop["instance"])
        for hop in hops
        if hop["point"] in TAKES and hop["at"] >= since
    )


def _group(
    worker: str, places: list[tuple[str, int]], taken: Counter[tuple[str, str]]
) -> GroupView:
    total = sum(taken[worker, instance] for instance, _ in places)
    members = tuple(
        GroupMember(
            instance=instance,
            pid=pid,
            count=taken[worker, instance],
            percent=round(100 * taken[worker, instance] / total) if total else 0,
        )
        for instance, pid in sorted(places)
    )
    return GroupView(name=worker, count=total, members=members)
