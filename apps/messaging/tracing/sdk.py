"""OpenTelemetry's SDK in this process: who it is, and where its spans go.

The SDK reads its own variables (`OTEL_...`): sampler, headers, timeouts, limits of the queue.
"""

import atexit
import multiprocessing
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from opentelemetry import trace
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from apps.messaging.hooks.tracing import following
from apps.messaging.names import PREFIX
from apps.messaging.tracing.contexts import parent_of, traceparent_of
from apps.messaging.tracing.described import Attributes
from apps.messaging.tracing.exporting import LAST_SECONDS, ReportingExporter
from apps.messaging.tracing.failures import failed

SCOPE = "apps.messaging"
_lock = threading.Lock()
_tracer: trace.Tracer | None = None


def tracer() -> trace.Tracer:
    """Return the tracer. The first span makes it, when the process has its name and has forked."""
    if _tracer is None:
        with _lock:
            if _tracer is None:
                use(_provider())
    return _tracer or trace.NoOpTracer()


def use(provider: TracerProvider | None) -> None:
    """Make all spans by this provider; None: by one that sends them, at the next span."""
    global _tracer
    _tracer = provider.get_tracer(SCOPE) if provider else None


@contextmanager
def in_span(
    name: str,
    kind: trace.SpanKind,
    attributes: Attributes,
    *,
    parent: str = "",
    links: Sequence[trace.Link] = (),
) -> Iterator[trace.Span]:
    """Work inside a span: logs, messages and spans made in the block belong to it.

    An error that leaves the block is that of the span.
    """
    span = tracer().start_span(name, parent_of(parent), kind, attributes, links)
    with (
        trace.use_span(
            span, end_on_exit=True, record_exception=False, set_status_on_exception=False
        ),
        following(traceparent_of(span)),
    ):
        try:
            yield span
        except Exception as error:
            failed(span, error)
            raise


def _provider() -> TracerProvider:
    """Return a provider that sends spans, and the last of them when the process ends."""
    provider = TracerProvider(resource=resource(), shutdown_on_exit=False)
    processor = BatchSpanProcessor(ReportingExporter(settings.TRACES_URL))
    provider.add_span_processor(processor)
    send_the_last(processor)
    # For spans that a handler makes by OpenTelemetry's own API.
    trace.set_tracer_provider(provider)
    return provider


def send_the_last(processor: BatchSpanProcessor | BatchLogRecordProcessor) -> None:
    """Let it send what is left when the process ends, for at most `LAST_SECONDS`."""
    # Its own `shutdown` waits for half a minute, and a supervisor kills after ten seconds.
    at_most = int(LAST_SECONDS * 1000)
    atexit.register(processor._batch_processor.shutdown, timeout_millis=at_most)


def resource() -> Resource:
    """Return what names this process; `OTEL_SERVICE_NAME` may name it otherwise."""
    name = multiprocessing.current_process().name
    instance = settings.WORKER_INSTANCE or socket.gethostname()
    who = {"service.namespace": PREFIX, "service.instance.id": f"{instance}-{os.getpid()}"}
    found = Resource.create(who)
    if str(found.attributes["service.name"]).startswith("unknown_service"):
        own_name = name if name in settings.WORKERS else "web"
        found = found.merge(Resource({"service.name": own_name}))
    return found
