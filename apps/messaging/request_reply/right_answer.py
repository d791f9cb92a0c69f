"""Returns the first valid answer of all messages that arrive in the inbox of one request.

Any client that may subscribe to the subject may answer: in the queue group instead of a valid
responder, or outside of it before one. So a wrong answer is ignored: the inbox stays open, and the
request is sent again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
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


async def right_answer[A](nc: Client, question: Question[A], *, timeout: float) -> tuple[Msg, A]:
    """Ask until `read` accepts an answer; return the message and the result of `read`.

    Raises the last error of `read` if only wrong answers came within `timeout` seconds,
    `RequestTimeout` if none came, and `nats.errors.NoRespondersError` at once.
    """
    inbox = nc.new_inbox()
    ask = partial(
        nc.publish, question.subject, question.body, reply=inbox, headers=question.headers
    )
    answers = await nc.subscribe(inbox)
    wrong: list[OnlyWrongAnswers] = []
    try:
        async with asyncio.timeout(timeout):
            return await _until_right(ask, answers, question.read, wrong)
    except TimeoutError as error:
        raise (wrong[-1] if wrong else RequestTimeout()) from error
    finally:
        if wrong:
            passed_over = {
                "subject": question.subject,
                "count": len(wrong),
                "error": str(wrong[-1]),
            }
            logger.warning("wrong answers passed over", extra=passed_over)
        with suppress(*CONNECTION_LOST):
            await answers.unsubscribe()


async def _until_right[A](
    ask: Callable[[], Awaitable[None]],
    answers: Subscription,
    read: Callable[[Msg], A],
    wrong: list[OnlyWrongAnswers],
) -> tuple[Msg, A]:
    await ask()
    patience = None
    while True:
        answer = await _next(answers, patience)
        if answer is None:
            await ask()
            patience = None
            continue
        try:
            return answer, read(answer)
        except OnlyWrongAnswers as error:
            wrong.append(error)
            patience = ASK_AGAIN_AFTER_SECONDS


async def _next(answers: Subscription, patience: float | None) -> Msg | None:
    """Return the next message, or None after so many seconds."""
    try:
        answer = await answers.next_msg(timeout=patience)
    except nats.errors.TimeoutError:
        return None
    if (answer.headers or {}).get(Header.STATUS) == NO_RESPONDERS:
        raise nats.errors.NoRespondersError
    return answer
