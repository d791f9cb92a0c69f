"""Waits until the workers say that they ask SQS for no more jobs: no long poll of theirs is open.

A worker tells each poll that it leaves out, which it does only when the one before is over.
"""

import time
from datetime import timedelta

from django.utils import timezone

from apps.lab.feed.hops import SUBJECT, Hop
from apps.lab.map.topology import JOBS, NODES
from apps.messaging.brokers import nats_without_hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.models import WorkerInstance
from apps.messaging.worker.heartbeat import STALE_AFTER

POLLING = "job.polling"
PAUSE = 0.1

type Instance = tuple[str, str]


class OpenPolls:
    """What was heard since it was made; so make it before the switch is on."""

    def __init__(self) -> None:
        self._heard: set[Instance] = set()
        nats_without_hooks.listen(SUBJECT, self.hear)

    def hear(self, body: bytes) -> None:
        """Take note of a poll that was left out; anybody may publish there, so it may be no hop."""
        try:
            hop = Hop.read(body)
        except MessageUnreadable:
            return
        if hop.point == POLLING and hop.attributes.get("fault") == "drop":
            self._heard.add((hop.worker, hop.instance))

    def missing(self, *, within: timedelta) -> list[str]:
        """Wait until all who live have said it, for so long; return who has not: `NAME INSTANCE`.

        A worker that starts meanwhile counts too.
        """
        deadline = time.monotonic() + within.total_seconds()
        while (silent := _alive() - self._heard) and time.monotonic() < deadline:
            time.sleep(PAUSE)
        return sorted(" ".join(each) for each in silent)


def _alive() -> set[Instance]:
    """Return the instances that may take a job."""
    names = {node.worker for node in NODES if node.page == JOBS and node.worker}
    rows = WorkerInstance.objects.filter(
        name__in=names, seen_at__gt=timezone.now() - STALE_AFTER, is_ready=True
    )
    return set(rows.values_list("name", "instance"))
