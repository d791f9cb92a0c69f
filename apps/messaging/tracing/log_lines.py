"""Sends each line of the log to the receiver, beside stderr: a viewer shows it with its trace."""

import logging
import multiprocessing
import os
from functools import cache

from django.conf import settings
from opentelemetry._logs import LogRecord
from opentelemetry._logs.severity import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

from apps.messaging.hooks.tracing import present_traceparent
from apps.messaging.tracing.contexts import parent_of
from apps.messaging.tracing.exporting import ReportingLogExporter
from apps.messaging.tracing.sdk import resource, send_the_last

_NOT_SENT = ("opentelemetry", "urllib3", "requests", "apps.messaging.tracing")
"""What sends the lines logs too: each of its lines would cause another one."""
_OF_EACH = {*vars(logging.makeLogRecord({})), "message", "asctime", "request"}
"""Attributes of a record that are no fields of the line; Django's request is an object."""
_NANOSECONDS = 1_000_000_000


class ToReceiver(logging.Handler):
    """A handler of Python's logging; the first line of a process connects to `LOGS_URL`."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_NOT_SENT):
            return
        try:
            provider = _provider_of(os.getpid(), multiprocessing.current_process().name)
            provider.get_logger(record.name).emit(_as_sent(record))
        except Exception:  # As each handler of logging does: a line that fails ends no work.
            self.handleError(record)


@cache
def _provider_of(_pid: int, _name: str) -> LoggerProvider:
    """Return that of this process: one that was forked is not named like its parent."""
    provider = LoggerProvider(resource=resource(), shutdown_on_exit=False)
    processor = BatchLogRecordProcessor(ReportingLogExporter(settings.LOGS_URL))
    provider.add_log_record_processor(processor)
    send_the_last(processor)
    return provider


def _as_sent(record: logging.LogRecord) -> LogRecord:
    return LogRecord(
        timestamp=int(record.created * _NANOSECONDS),
        context=parent_of(present_traceparent()),
        severity_text=record.levelname,
        severity_number=_severity(record.levelno),
        body=record.getMessage(),
        attributes=_fields(record),
        exception=record.exc_info[1] if record.exc_info else None,
    )


def _severity(level: int) -> SeverityNumber:
    """Return OpenTelemetry's number: it has four for each of Python's levels, 5 is DEBUG."""
    return SeverityNumber(max(1, min(21, level // 10 * 4 + 1)))


def _fields(record: logging.LogRecord) -> dict[str, str | bool | int | float]:
    """Return the fields of the line, with the names that it has on stderr too."""
    return {
        name: value if isinstance(value, str | bool | int | float) else str(value)
        for name, value in vars(record).items()
        if name not in _OF_EACH
    }
