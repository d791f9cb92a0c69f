"""The lease of a job: the heartbeat finds that it is lost, and the handler checks it."""

from apps.messaging.errors import LeaseLost


class JobLease:
    """Lasts from the receipt of a job until SQS may give it to another worker."""

    def __init__(self) -> None:
        self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """Return whether SQS may have given the job to another worker."""
        return self._is_lost

    def lose(self) -> None:
        """Note that the job is another worker's, or deleted."""
        self._is_lost = True

    def check(self) -> None:
        """Raise `LeaseLost` if it is lost. A handler must not catch it."""
        if self.is_lost:
            raise LeaseLost
