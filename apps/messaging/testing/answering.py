"""The fixture `answers`: a caller under test gets its answers from this process, without NATS.

The question is written and the answer read as on the wire, and an error of the answering function
becomes what its caller would get. Only the way through the server is left out.
"""

from dataclasses import replace
from typing import Any, overload

import nats.errors
import pytest
from asgiref.sync import async_to_sync
from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER, ServiceError

from apps.messaging.errors import BrokerAway, NoResponder, RequestTimeout
from apps.messaging.message import MAX_MESSAGE_BYTES, Payload
from apps.messaging.request_reply import asking, client
from apps.messaging.request_reply.inbox import ReplyAddress
from apps.messaging.request_reply.responder import Handle, Refusal, Service, answer_to
from apps.messaging.request_reply.right_answer import Question
from apps.messaging.testing.errors import KitError

type NotAnswered = NoResponder | RequestTimeout | BrokerAway
type Answer = Payload | Refusal | NotAnswered
_AT_NATS: dict[type[Exception], type[Exception]] = {
    NoResponder: nats.errors.NoRespondersError,
    RequestTimeout: RequestTimeout,
    BrokerAway: nats.errors.ConnectionClosedError,
}
"""What a caller gets → the error below it, where the server is asked."""
NO_CLIENT: Any = None
"""A message needs its client only to respond to it."""


class Answers:
    """The answers to each subject that a test has given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._given: dict[str, Service | NotAnswered] = {}
        self._asked: dict[str, list[bytes]] = {}
        monkeypatch.setattr(client, "reach", _reached)
        monkeypatch.setattr(asking, "send", self._send)

    @overload
    def __call__(self, asked: Service) -> list[bytes]: ...
    @overload
    def __call__(self, asked: str, answer: Answer | Handle) -> list[bytes]: ...
    def __call__(self, asked: Service | str, answer: Answer | Handle | None = None) -> list[bytes]:
        """Answer from now on; return a list that gets the body of each question.

        `asked` is a responder's `Service`: its functions answer its subjects, and its cache is read
        now. Or it is a subject, and `answer` what its callers get: an answer, a `Refusal`, an error
        such as `NoResponder()`, or a function that takes the question's body.
        """
        bodies: list[bytes] = []
        for subject, given in _given(asked, answer).items():
            self._given[subject], self._asked[subject] = given, bodies
        return bodies

    def _send[A](self, question: Question[A], reply_to: ReplyAddress) -> None:
        """Stand in for the function of this name, which asks through NATS."""
        given = self._given.get(question.subject)
        if given is None:
            raise KitError(
                f"{question.subject} was asked, and the test has no answer to it: call "
                f'answers("{question.subject}", ...) with one, or answers(SERVICE)'
            )
        self._asked[question.subject].append(question.body)
        if isinstance(given, Service):
            reply_to.take(_reply(given, question.body))
        else:
            reply_to.take(_AT_NATS[type(given)]())


def _reply(service: Service, body: bytes) -> Msg:
    """Return what the responder would send. Only one with threads may use the database."""
    answer = answer_to if service.threads else async_to_sync(_at_once)
    try:
        return Msg(NO_CLIENT, data=answer(service, MAX_MESSAGE_BYTES, body))
    except ServiceError as error:
        headers = {ERROR_CODE_HEADER: error.code, ERROR_HEADER: error.description}
        return Msg(NO_CLIENT, headers=headers)


async def _at_once(service: Service, at_most: int, body: bytes) -> bytes:
    return answer_to(service, at_most, body)


def _given(
    asked: Service | str, answer: Answer | Handle | None
) -> dict[str, Service | NotAnswered]:
    """Return subject → the responder as if it had only this one, or the error."""
    if isinstance(asked, Service):
        if asked.cache:
            asked.cache.read()
        handles = {asked.subject: asked.handle, **asked.also}
        return {each: replace(asked, subject=each, handle=how) for each, how in handles.items()}
    if isinstance(answer, NoResponder | RequestTimeout | BrokerAway):
        return {asked: answer}
    if answer is None:
        raise KitError(f'answers("{asked}", ...) needs the answer as its second argument')
    return {asked: _responder(asked, answer)}


def _responder(subject: str, answer: Payload | Refusal | Handle) -> Service:
    def handle(body: bytes) -> Payload | bytes:
        if isinstance(answer, Refusal):
            raise answer
        return answer if isinstance(answer, Payload) else answer(body)

    return Service(
        name="answers", description="", subject=subject, group="answers", handle=handle, threads=1
    )


def _reached(timeout: float) -> None:
    """Stand in for the function that connects."""
