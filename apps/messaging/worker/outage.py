"""Logs outages: one line when an outage begins, and one with its length when it ends.

A loop that retries meets the same error each second; a line each time would hide all others.
"""

import logging
import time


class Outage:
    """One kind of outage of a loop; `begun` and `ended` are its log lines, `known` their fields.

    `tries` is how often it was met since it began.
    """

    def __init__(
        self, logger: logging.Logger, *, begun: str, ended: str, **known: str | int
    ) -> None:
        self._logger = logger
        self._begun, self._ended, self._known = begun, ended, known
        self._reason = ""
        self.tries = 0
        self._since = 0.0

    def met(self, reason: str) -> None:
        """Count the error, and log it if it is the first or has another reason than before."""
        if not self.tries:
            self._since = time.monotonic()
        self.tries += 1
        if reason != self._reason:
            self._logger.warning(self._begun, extra={**self._known, "error": reason})
        self._reason = reason

    def over(self) -> None:
        """Log that the outage has ended, if there was one."""
        if self.tries:
            seconds = round(time.monotonic() - self._since, 1)
            extra = {**self._known, "tries": self.tries, "seconds": seconds}
            self._logger.info(self._ended, extra=extra)
        self._reason, self.tries = "", 0
