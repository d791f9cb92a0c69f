"""Adds the reason of an error answer to Django's log line, which has only the address."""

import logging

from django.http import HttpRequest

REASON_LENGTH = 500
"""Characters: a body may have an error in each of its hundred lines."""
_REASON = "orders_site.reason"


class AddReason(logging.Filter):
    """Adds the reason that was noted with the request of a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and (reason := request.META.get(_REASON)):
            record.error = reason
        return True


def note_reason(request: HttpRequest, reason: str) -> None:
    """Store the reason with the request, for the log line about its answer."""
    request.META[_REASON] = reason[:REASON_LENGTH]
