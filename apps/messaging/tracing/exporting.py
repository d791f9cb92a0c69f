"""Sends by OTLP over HTTP; a receiver that is away is logged once, and delays no stop."""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from apps.messaging.worker.outage import Outage

LAST_SECONDS = 2.0
"""The receiver has so long for the spans that are left when the process ends, and as long again for
the lines."""

logger = logging.getLogger(__name__)


class ReportingExporter(SpanExporter):
    """OpenTelemetry's exporter, whose own lines about each lost batch are not logged."""

    def __init__(self, url: str) -> None:
        self._exporter = OTLPSpanExporter(endpoint=url)
        self._receiver = _Receiver(url, "spans")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        self._receiver.note(has_taken=result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class ReportingLogExporter(LogRecordExporter):
    """The same for lines of the log, which stay on stderr."""

    def __init__(self, url: str) -> None:
        self._exporter = OTLPLogExporter(endpoint=url)
        self._receiver = _Receiver(url, "log lines")

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        result = self._exporter.export(batch)
        self._receiver.note(has_taken=result is LogRecordExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class _Receiver:
    """Logs once that the receiver takes nothing, and once that it does again."""

    def __init__(self, url: str, what: str) -> None:
        self._url = url
        self._outage = Outage(logger, begun=f"{what} are lost", ended=f"{what} are sent again")

    def note(self, *, has_taken: bool) -> None:
        """Note whether it has taken what was sent."""
        if has_taken:
            self._outage.over()
        else:
            self._outage.met(f"{self._url} takes none")
