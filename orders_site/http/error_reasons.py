"""Why a request was refused, in the line that Django logs of it; that names its address alone."""

import logging

from django.http import HttpRequest

REASON_LENGTH = 500
"""Signs: a body may have a fault in each of its hundred lines."""
_REASON = "orders_site.reason"


class AddReason(logging.Filter):
    """Adds what was noted with the request that a record is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and (reason := request.META.get(_REASON)):
            record.error = reason
        return True


def note_reason(request: HttpRequest, reason: str) -> None:
    """Keep with the request what the log is to tell of its answer."""
    request.META[_REASON] = reason[:REASON_LENGTH]
