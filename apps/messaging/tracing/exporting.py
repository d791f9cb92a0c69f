"""Sends spans by OTLP over HTTP; a receiver that is away is logged once, and delays no stop."""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from apps.messaging.worker.outage import Outage

LAST_SPANS_SECONDS = 2.0
"""The receiver has so long for the spans that are left when the process ends."""

logger = logging.getLogger(__name__)


class ReportingExporter(SpanExporter):
    """OpenTelemetry's exporter, whose own lines about each lost batch are not logged."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._exporter = OTLPSpanExporter(endpoint=url)
        self._outage = Outage(logger, begun="spans are lost", ended="spans are sent again")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._outage.over()
        else:
            self._outage.met(f"{self._url} takes none")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)
