"""The members of each group: who shares its work, and how much each had lately.

Members are the shop's processes, and lines of the terminal that joined a queue group.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from apps.lab.feed.feed import FEED, HopDict
from apps.lab.map.typed_points import RECEIVED
from apps.messaging.contracts.declared import declared_contracts

LATELY = 60.0
"""Seconds."""
TAKES = {"request.received", "group.received", "consumer.fetched", "job.received", "mail.claimed"}
"""The hooks at which a process has taken a message from those that share it."""

type NumberedMember = tuple[str, int]
"""The name of a member in its group, and the number of its process."""


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """A process, or a line of the terminal, and its part of what its group took lately."""

    instance: str
    pid: int
    count: int
    percent: int


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Those who take from one subject, durable or queue.

    `name` is that of a worker, or of a group that has only lines of the terminal.
    """

    name: str
    count: int
    members: tuple[GroupMember, ...]


def groups() -> list[GroupView]:
    """Return the groups that took something lately: those of `WORKERS` in their order, first."""
    now = time.monotonic()
    alive = [
        (worker, instance, seen.pid)
        for worker, instance, seen in FEED.processes()
        if worker in settings.WORKERS and seen.is_there(now)
    ]
    hops = _lately(FEED.after(0), since=time.time() - LATELY)
    taken = Counter((hop["worker"], hop["instance"]) for hop in hops if hop["point"] in TAKES)
    typed = _typed(hops)
    shown: dict[str, dict[NumberedMember, int]] = {}
    for worker in settings.WORKERS:
        processes = {(at, pid): taken[worker, at] for name, at, pid in alive if name == worker}
        if processes and (worker in typed or any(name == worker for name, _ in taken)):
            shown[worker] = dict(sorted(processes.items()))
    for name, lines in typed.items():
        shown.setdefault(name, {}).update(lines)
    return [_view(name, members) for name, members in shown.items()]


def _lately(hops: Iterable[HopDict], *, since: float) -> list[HopDict]:
    return [hop for hop in hops if hop["at"] >= since]


def _typed(hops: Sequence[HopDict]) -> dict[str, Counter[NumberedMember]]:
    """Return what each line of the terminal has received as a member of a group.

    The group of a worker has the worker's name; another has its own, with the subject.
    """
    found: dict[str, Counter[NumberedMember]] = {}
    workers = {(each.address, each.group): each.consumers for each in declared_contracts()}
    for hop in hops:
        group, line = (hop["attributes"].get(name) for name in ("group", "line"))
        if hop["point"] == RECEIVED and group:
            at = hop["destination"], str(group)
            name = workers[at][0] if at in workers else f"{group}, on {hop['destination']}"
            members = found.setdefault(name, Counter())
            members[f"terminal, line {line}", hop["pid"]] += 1
    return found


def _view(name: str, members: dict[NumberedMember, int]) -> GroupView:
    total = sum(members.values())
    return GroupView(
        name=name,
        count=total,
        members=tuple(
            GroupMember(
                instance=instance,
                pid=pid,
                count=count,
                percent=round(100 * count / total) if total else 0,
            )
            for (instance, pid), count in members.items()
        ),
    )
