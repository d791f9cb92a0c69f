"""Outages in the log: a line when one begins, and a line when it ends that says how long it was.

A loop that tries again meets the same trouble each second; a line each time would bury all others.
"""

import logging
import time


class Outage:
    """One trouble of one loop: `begun` and `ended` are what the log says, `known` of whom."""

    def __init__(
        self, logger: logging.Logger, *, begun: str, ended: str, **known: str | int
    ) -> None:
        self._logger = logger
        self._begun, self._ended, self._known = begun, ended, known
        self._reason = ""
        self._tries = 0
        self._since = 0.0

    def met(self, reason: str) -> None:
        """Say it where it is new, or of another reason than before; count it in any case."""
        if not self._tries:
            self._since = time.monotonic()
        self._tries += 1
        if reason != self._reason:
            self._logger.warning(self._begun, extra={**self._known, "error": reason})
        self._reason = reason

    def over(self) -> None:
        """Say that it has ended, if there was one."""
        if self._tries:
            seconds = round(time.monotonic() - self._since, 1)
            extra = {**self._known, "tries": self._tries, "seconds": seconds}
            self._logger.info(self._ended, extra=extra)
        self._reason, self._tries = "", 0
