"""Waits until no worker has a long poll at SQS open, so that none takes another job.

A worker reports each poll that it leaves out; the one before it has ended by then.
"""

import time
from datetime import timedelta

from apps.lab.feed.hops import SUBJECT, Hop
from apps.lab.map.topology import JOBS, nodes
from apps.messaging.by_hand import nats_without_hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.models import WorkerInstance
from apps.messaging.worker.heartbeat import seen_lately

POLLING = "job.polling"
PAUSE = 0.1

type Instance = tuple[str, str]


class OpenPolls:
    """Listens from the moment when it is made; make it before the fault is switched on."""

    def __init__(self) -> None:
        self._without_poll: set[Instance] = set()
        nats_without_hooks.listen(SUBJECT, self.add)

    def add(self, body: bytes) -> None:
        """Note a poll that was left out; any client may publish there, so check it."""
        try:
            hop = Hop.read(body)
        except MessageUnreadable:
            return
        if hop.point == POLLING and hop.attributes.get("fault") == "skip":
            self._without_poll.add((hop.worker, hop.instance))

    def missing(self, *, within: timedelta) -> list[str]:
        """Wait until no running worker has a poll open; return those that may: `NAME INSTANCE`.

        A worker that starts meanwhile counts too.
        """
        deadline = time.monotonic() + within.total_seconds()
        while (silent := _alive() - self._without_poll) and time.monotonic() < deadline:
            time.sleep(PAUSE)
        return sorted(" ".join(each) for each in silent)


def _alive() -> set[Instance]:
    """Return the instances that run and may take a job."""
    names = {node.worker for node in nodes() if node.page == JOBS and node.worker}
    rows = WorkerInstance.objects.filter(seen_lately(), name__in=names, is_ready=True)
    return set(rows.values_list("name", "instance"))
