"""A receiver of OTLP over HTTP: it keeps the spans that other processes send."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

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


class OtlpReceiver:
    """The spans that have arrived, and the URL to send them to."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._spans: list[SentSpan] = []
        self._lock = threading.Lock()

    def take(self, body: bytes) -> None:
        found = list(_spans_of(ExportTraceServiceRequest.FromString(body)))
        with self._lock:
            self._spans += found

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
            assert self.path == "/v1/traces", self.path
            receiver.take(body)
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
