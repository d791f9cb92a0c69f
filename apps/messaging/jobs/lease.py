"""The lease of a job: the heartbeat finds that it is lost, and the handler checks it."""

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
        """Raise `LeaseLost` if it is lost. A handler must not catch it."""
        if self.is_lost:
            raise LeaseLost
