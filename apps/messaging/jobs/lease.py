"""Whether this worker still has a job: the heartbeat finds out, the work asks between its steps."""

from threading import Event

from apps.messaging.errors import LeaseLost


class JobLease:
    """Lasts from the receipt of a job until SQS may give it to another worker."""

    def __init__(self) -> None:
        self._lost = Event()

    @property
    def is_lost(self) -> bool:
        """Return whether SQS may have given the job to another worker."""
        return self._lost.is_set()

    def lose(self) -> None:
        """Note that the job is another worker's, or deleted."""
        self._lost.set()

    def check(self) -> None:
        """Raise `LeaseLost` where it is lost. A handler lets it pass: the job is done elsewhere."""
        if self.is_lost:
            raise LeaseLost
