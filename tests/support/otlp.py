"""A receiver of OTLP over HTTP: it keeps the spans and the log lines that other processes send."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1 import trace_pb2


class SentSpan(NamedTuple):
    """A span as it was received; ids are hexadecimal, an empty parent is none."""

    service: str
    kind: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, str]
    error: str


class SentLine(NamedTuple):
    """A line of the log as it was received; ids are hexadecimal, empty if it has none."""

    service: str
    logger: str
    severity: str
    text: str
    trace: str
    span: str
    fields: dict[str, str]


class OtlpReceiver:
    """The spans and lines that have arrived, and the URL to send them to."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._spans: list[SentSpan] = []
        self._lines: list[SentLine] = []
        self._lock = threading.Lock()

    def take(self, path: str, body: bytes) -> None:
        spans, lines = list[SentSpan](), list[SentLine]()
        if path == "/v1/logs":
            lines = list(_lines_of(ExportLogsServiceRequest.FromString(body)))
        else:
            assert path == "/v1/traces", path
            spans = list(_spans_of(ExportTraceServiceRequest.FromString(body)))
        with self._lock:
            self._spans += spans
            self._lines += lines

    def lines(self) -> list[SentLine]:
        with self._lock:
            return list(self._lines)

    def of_trace(self, trace: str) -> list[SentSpan]:
        with self._lock:
            return [span for span in self._spans if span.trace == trace]

    def all(self) -> list[SentSpan]:
        with self._lock:
            return list(self._spans)

    def tree(self, trace: str) -> set[tuple[str, str, str, str]]:
        """Return (name of the parent, service, kind, name) of the spans of a trace."""
        spans = self.of_trace(trace)
        names = {span.id: span.name for span in spans}
        return {(names.get(span.parent, ""), *span[:3]) for span in spans}


def _spans_of(request: ExportTraceServiceRequest) -> Iterator[SentSpan]:
    for resource in request.resource_spans:
        service = _texts(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield SentSpan(
                    service=service,
                    kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    name=span.name,
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    links=tuple(link.span_id.hex() for link in span.links),
                    attributes=_texts(span.attributes),
                    error=span.status.message,
                )


def _lines_of(request: ExportLogsServiceRequest) -> Iterator[SentLine]:
    for resource in request.resource_logs:
        service = _texts(resource.resource.attributes)["service.name"]
        for scope in resource.scope_logs:
            for line in scope.log_records:
                yield SentLine(
                    service=service,
                    logger=scope.scope.name,
                    severity=line.severity_text,
                    text=line.body.string_value,
                    trace=line.trace_id.hex(),
                    span=line.span_id.hex(),
                    fields=_texts(line.attributes),
                )


def _texts(attributes: object) -> dict[str, str]:
    return {
        each.key: each.value.string_value or str(each.value.int_value)
        for each in attributes  # type: ignore[attr-defined]
    }


@contextmanager
def otlp_receiver() -> Iterator[OtlpReceiver]:
    """Receive spans at a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(self.path, body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = OtlpReceiver(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
