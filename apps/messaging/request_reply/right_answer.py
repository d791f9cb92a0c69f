"""Returns the first valid answer of all messages that arrive at the reply subjects of one request.

Any client that may subscribe to the subject may answer: in the queue group instead of a valid
responder, or outside of it before one. So a wrong answer is ignored: more replies are awaited, and
the request is sent again.

It is a generator: it yields when it waits, so that one thread may wait for many answers at once.
"""

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

import nats.errors
from nats.aio.msg import Msg
from nats.js.api import Header

from apps.messaging.errors import NoResponder, RequestTimeout

ASK_AGAIN_AFTER_SECONDS = 0.02
"""Seconds to wait for another answer after a wrong one; shorter than any timeout."""
NO_RESPONDERS = "503"
"""The status with which the server itself answers if no client has subscribed."""

logger = logging.getLogger(__name__)


class OnlyWrongAnswers(NoResponder):
    """An answer came, but not from a responder of this question."""


@dataclass(frozen=True, kw_only=True)
class Question[A]:
    """A request, and `read` for its answer, which raises `OnlyWrongAnswers` for a wrong one."""

    subject: str
    body: bytes
    headers: dict[str, str]
    read: Callable[[Msg], A]


type Awaiting[R] = Generator[float, Msg | None, R]
"""Yields until when it waits, by `time.monotonic`; it is sent the next reply, or None then."""


def right_answer[A](
    question: Question[A], ask: Callable[[], None], *, timeout: float
) -> Awaiting[tuple[Msg, A]]:
    """Ask until `read` accepts an answer; return the message and the result of `read`.

    Raises the last error of `read` if only wrong answers came within `timeout` seconds,
    `RequestTimeout` if none came, and `nats.errors.NoRespondersError` at once.
    """
    end = time.monotonic() + timeout
    wrong: list[OnlyWrongAnswers] = []
    try:
        return (yield from _until_right(question.read, ask, wrong, end=end))
    finally:
        if wrong:
            passed_over = {
                "subject": question.subject,
                "count": len(wrong),
                "error": str(wrong[-1]),
            }
            logger.warning("wrong answers passed over", extra=passed_over)


def _until_right[A](
    read: Callable[[Msg], A],
    ask: Callable[[], None],
    wrong: list[OnlyWrongAnswers],
    *,
    end: float,
) -> Awaiting[tuple[Msg, A]]:
    ask()
    until = end
    while True:
        answer = yield until
        if answer is None:
            if until == end:
                raise wrong[-1] if wrong else RequestTimeout
            ask()
            until = end
            continue
        if _is_of_the_server(answer):
            raise nats.errors.NoRespondersError
        try:
            return answer, read(answer)
        except OnlyWrongAnswers as error:
            wrong.append(error)
            if (now := time.monotonic()) >= end:
                raise
            until = min(end, now + ASK_AGAIN_AFTER_SECONDS)


def _is_of_the_server(answer: Msg) -> bool:
    """Return whether it says that no one has subscribed.

    nats-py (2.16) shows this status as a header, which a responder's answer may have too; the
    server's own message has no body.
    """
    return not answer.data and (answer.headers or {}).get(Header.STATUS) == NO_RESPONDERS


def wait(seconds: float) -> Awaiting[None]:
    """Wait so long, whatever arrives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield until
