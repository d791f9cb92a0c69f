"""Makes a span of each step of a message; what a step sends has the id of its span.

A message that was recorded has a span `create`, whose context travels with it. `send` and `process`
are its children, if they are for one message; for a batch they begin a trace of their own, which
links to the span `create` of each message.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from time import time_ns
from typing import Any

from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.status import StatusCode

from apps.messaging.errors import MessageUnreadable
from apps.messaging.hooks.steps import HasHeaders, PolledJob, RowToSend, Send
from apps.messaging.hooks.tracing import following_each, present_traceparent
from apps.messaging.tracing import described
from apps.messaging.tracing.contexts import links_to, parent_of, traceparent_of
from apps.messaging.tracing.failures import failed
from apps.messaging.tracing.sdk import in_span, tracer


class SpanRecorder:
    """The `StepRecorder` of `hooks.steps`, by OpenTelemetry's SDK."""

    @contextmanager
    def processing(self, message: HasHeaders) -> Iterator[None]:
        """Make a span below the message's creation."""
        name = f"process {described.destination_of(message)}"
        attributes = described.processed(message)
        parent = message.headers.get("traceparent", "")
        with in_span(name, SpanKind.CONSUMER, attributes, parent=parent, links=links_to([parent])):
            yield

    @contextmanager
    def processing_each(
        self, messages: Sequence[HasHeaders], keys: Mapping[str, str]
    ) -> Iterator[None]:
        """Make one span for all, which links to the creation of each."""
        if len(messages) == 1:
            with self.processing(messages[0]):
                yield
            return
        attributes = described.processed_batch([*messages])
        where = attributes.get("messaging.destination.name")
        name = f"process {where or attributes['messaging.consumer.group.name']}"
        links = links_to([each.headers.get("traceparent", "") for each in messages])
        with in_span(name, SpanKind.CONSUMER, attributes, links=links), following_each(keys):
            yield

    @contextmanager
    def replying(self, question: HasHeaders) -> Iterator[None]:
        """Make the span of a server, below that of the question."""
        subject = described.destination_of(question)
        parent = question.headers.get("traceparent", "")
        with in_span(subject, SpanKind.SERVER, described.rpc(subject), parent=parent):
            yield

    @contextmanager
    def asking(self, subject: str, count: int) -> Iterator[None]:
        """Make the span of a client, which ends with the last answer."""
        attributes = described.rpc(subject)
        if count > 1:
            attributes["messaging.batch.message_count"] = count
        with in_span(subject, SpanKind.CLIENT, attributes, parent=present_traceparent()):
            yield

    async def sending[R: RowToSend, O](self, send: Send[R, O], rows: list[R]) -> Mapping[int, O]:
        """Make one span for each destination: all are sent side by side."""
        spans = [(some, _span_of_send(some)) for some in _by_destination(rows)]
        try:
            outcomes = await send(rows)
        except Exception as error:
            for _, span in spans:
                failed(span, error)
            raise
        else:
            for some, span in spans:
                _note_unsent(span, [outcomes.get(row.id) for row in some])
            return outcomes
        finally:
            for _, span in spans:
                span.end()

    def receiving[J: PolledJob](self, queue: str, poll: Callable[[], list[J]]) -> list[J]:
        """Make a span of a poll that has received jobs; an empty one leaves none.

        It begins with the poll, or when the first of its jobs was sent, if that was later.
        """
        began = time_ns()
        jobs = poll()
        if jobs:
            first_sent = min((_nanoseconds(job.sent_at) for job in jobs if job.sent_at), default=0)
            contexts = [job.headers.get("traceparent", "") for job in jobs]
            span = tracer().start_span(
                f"receive {queue}",
                parent_of(contexts[0] if len(jobs) == 1 else ""),
                SpanKind.CLIENT,
                described.received(queue, count=len(jobs)),
                links_to(contexts),
                start_time=min(max(began, first_sent), time_ns()),
            )
            span.end()
        return jobs

    @contextmanager
    def calling(self, name: str, protocol: str, server: str) -> Iterator[None]:
        """Make the span of a client; without a server, as where mails are files, it names none."""
        attributes: described.Attributes = {}
        if server:
            attributes = {"network.protocol.name": protocol, "server.address": server}
        with in_span(name, SpanKind.CLIENT, attributes, parent=present_traceparent()):
            yield

    def created(self, operation: str, destination: str, transport: str, key: str) -> str:
        """Make a span that ends at once: what is measured later is the sending."""
        system = described.system_named(transport)
        attributes = described.operation(operation, operation, system, destination)
        if key:
            attributes[described.KEY] = key
        span = tracer().start_span(
            f"{operation} {destination}",
            parent_of(present_traceparent(key)),
            SpanKind.PRODUCER,
            attributes,
        )
        span.end()
        return traceparent_of(span)

    def serving(
        self,
        request: HttpRequest,
        get_response: Callable[[HttpRequest], HttpResponse],
        *,
        caller: str,
        stranger: str,
    ) -> HttpResponse:
        """Make the span of a server; its name has the route, and never an id."""
        method = request.method or ""
        attributes, links = described.requested(request), links_to([stranger])
        with in_span(method, SpanKind.SERVER, attributes, parent=caller, links=links) as span:
            response = get_response(request)
            if match := request.resolver_match:
                span.update_name(f"{method} /{match.route}")
                span.set_attribute("http.route", f"/{match.route}")
            span.set_attribute("http.response.status_code", response.status_code)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                span.set_attribute("error.type", str(response.status_code))
                span.set_status(StatusCode.ERROR)
            return response


def _span_of_send(rows: list[Any]) -> Span:
    contexts = [_traceparent_of(row) for row in rows]
    return tracer().start_span(
        f"send {rows[0].destination}",
        parent_of(contexts[0] if len(rows) == 1 else ""),
        SpanKind.CLIENT,
        described.sent(rows),
        links_to(contexts),
    )


def _by_destination[R: RowToSend](rows: list[R]) -> list[list[R]]:
    found: dict[str, list[R]] = {}
    for row in rows:
        found.setdefault(row.destination, []).append(row)
    return [*found.values()]


def _traceparent_of(row: RowToSend) -> str:
    try:
        return row.named_headers().get("traceparent", "")
    except MessageUnreadable:
        return ""  # The publisher rejects this row.


def _note_unsent(span: Span, outcomes: Sequence[object]) -> None:
    errors = [str(error) for each in outcomes if (error := getattr(each, "error", ""))]
    if errors:
        span.set_status(StatusCode.ERROR, errors[0])
        span.set_attribute("error.type", "not_sent")


def _nanoseconds(when: datetime) -> int:
    return int(when.timestamp() * 1e9)
