"""The destinations of the outbox: which subjects and queues are away, and until when.

A destination that is away delays only its own rows.
"""

import logging
import time
from collections.abc import Mapping

from apps.messaging.outbox.claims import PROBES
from apps.messaging.outbox.rows import Claimed, DestinationAway, Outcome, Sent
from apps.messaging.worker.outage import Outage

logger = logging.getLogger(__name__)

REST_SECONDS = 0.5
"""Seconds between two trials of held rows while all of their destinations are away."""


class Destinations:
    """Logs which destinations are away, and decides when their rows are tried again.

    They are tried at once while some succeed, else every half second.
    """

    def __init__(self, transport: str) -> None:
        self._transport = transport
        self._away: dict[str, Outage] = {}
        self._rest_until = 0.0

    def probes(self) -> int:
        """Return how many held rows may be tried now; 0 during the pause after a failed trial."""
        return PROBES if time.monotonic() >= self._rest_until else 0

    def note(self, rows: list[Claimed], outcomes: Mapping[int, Outcome]) -> None:
        """Record the outcome of each row, and log once if a destination went away or came back."""
        probed = [outcomes.get(row.id) for row in rows if row.waited is not None]
        if probed and not any(isinstance(each, Sent) for each in probed):
            self._rest_until = time.monotonic() + REST_SECONDS
        for row in rows:
            match outcomes.get(row.id):
                case DestinationAway(error):
                    self._outage(row.destination).met(error)
                case Sent() if row.destination in self._away:
                    self._away.pop(row.destination).over()

    def _outage(self, destination: str) -> Outage:
        if destination not in self._away:
            self._away[destination] = Outage(
                logger,
                begun="destination waits",
                ended="destination goes on",
                transport=self._transport,
                destination=destination,
            )
        return self._away[destination]
