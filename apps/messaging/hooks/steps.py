"""The steps of a message, each inside its trace; where traces are kept, each is a span.

A recorder (`apps.messaging.tracing`) makes the spans. The id of a span goes into the `traceparent`
of what its step sends. Without a recorder a step costs what its context costs, and the context
travels unchanged.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.http import HttpRequest, HttpResponse

from apps.messaging.hooks.measuring import timed
from apps.messaging.hooks.tracing import current_traceparent, following, following_each


class RowToSend(Protocol):
    """A claimed row of the outbox."""

    @property
    def id(self) -> int: ...
    @property
    def transport(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def message_id(self) -> object: ...
    @property
    def body(self) -> str: ...

    def named_headers(self) -> dict[str, str]: ...


class PolledJob(Protocol):
    """A job that was received."""

    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


type Send[R: RowToSend, O] = Callable[[list[R]], Awaitable[Mapping[int, O]]]
"""Sends rows of the outbox; returns row id → outcome."""


class HasHeaders(Protocol):
    """A message that was received."""

    @property
    def headers(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, kw_only=True)
class TracedMessage:
    """A message that another package has received."""

    destination: str
    transport: str
    message_id: str
    headers: Mapping[str, str]
    attempt: int = 1
    body: str = ""


class StepRecorder(Protocol):
    """Makes spans. Each method is that of this module with the same name."""

    def processing(self, message: HasHeaders) -> AbstractContextManager[None]: ...
    def processing_each(
        self, messages: Sequence[HasHeaders], keys: Mapping[str, str]
    ) -> AbstractContextManager[None]: ...
    def replying(self, question: HasHeaders) -> AbstractContextManager[None]: ...
    def asking(self, subject: str, count: int) -> AbstractContextManager[None]: ...
    async def sending[R: RowToSend, O](
        self, send: Send[R, O], rows: list[R]
    ) -> Mapping[int, O]: ...
    def receiving[J: PolledJob](self, queue: str, poll: Callable[[], list[J]]) -> list[J]: ...
    def calling(self, name: str, protocol: str, server: str) -> AbstractContextManager[None]: ...
    def created(self, operation: str, destination: str, transport: str, key: str) -> str: ...
    def serving(
        self,
        request: HttpRequest,
        get_response: Callable[[HttpRequest], HttpResponse],
        *,
        caller: str,
        stranger: str,
    ) -> HttpResponse: ...


_recorder: StepRecorder | None = None


def record_spans(recorder: StepRecorder | None) -> None:
    """Make a span of each step from now on; None ends that."""
    global _recorder
    _recorder = recorder


def processing(message: HasHeaders) -> AbstractContextManager[None]:
    """Handle a message inside its sender's trace."""
    if _recorder:
        return _recorder.processing(message)
    return following(message.headers.get("traceparent", ""))


def processing_each(
    messages: Sequence[HasHeaders], keys: Mapping[str, str]
) -> AbstractContextManager[None]:
    """Handle a batch, each inside its sender's trace; `keys` is that of `following_each`."""
    return _recorder.processing_each(messages, keys) if _recorder else following_each(keys)


def replying(question: HasHeaders) -> AbstractContextManager[None]:
    """Answer a question inside its asker's trace."""
    if _recorder:
        return _recorder.replying(question)
    return following(question.headers.get("traceparent", ""))


def asking(subject: str, *, count: int) -> AbstractContextManager[None]:
    """Ask that many questions, and await their answers."""
    return _recorder.asking(subject, count) if _recorder else nullcontext()


async def sending[R: RowToSend, O](send: Send[R, O], rows: list[R]) -> Mapping[int, O]:
    """Send rows of the outbox, and return their outcomes."""
    with timed("publish", rows[0].transport):
        return await (_recorder.sending(send, rows) if _recorder else send(rows))


def receiving[J: PolledJob](queue: str, poll: Callable[[], list[J]]) -> list[J]:
    """Poll a queue, and return its jobs."""
    return _recorder.receiving(queue, poll) if _recorder else poll()


def calling(name: str, *, protocol: str, server: str) -> AbstractContextManager[None]:
    """Call a server that is no broker; `name` is the span's, such as `send mail`."""
    return _recorder.calling(name, protocol, server) if _recorder else nullcontext()


def created(operation: str, destination: str, *, transport: str = "nats", key: str = "") -> str:
    """Return the `traceparent` for a new message to this destination.

    `operation` is `create` if the message is stored here and sent later, else `send`.
    """
    if _recorder:
        return _recorder.created(operation, destination, transport, key)
    return current_traceparent(key)


def serving(
    request: HttpRequest,
    get_response: Callable[[HttpRequest], HttpResponse],
    *,
    caller: str = "",
    stranger: str = "",
) -> HttpResponse:
    """Answer an HTTP request inside its caller's trace; without a caller a trace begins.

    The context of a stranger decides nothing: the span has a link to it.
    """
    if _recorder:
        return _recorder.serving(request, get_response, caller=caller, stranger=stranger)
    with following(caller):
        return get_response(request)
