"""Asks several questions at once, from one thread, and again where another responder may answer."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue

import nats.errors
from nats.aio.msg import Msg

from apps.messaging.brokers.nats_connection import CONNECTION_LOST
from apps.messaging.errors import BrokerAway, NoResponder, RequestTimeout
from apps.messaging.request_reply.inbox import ReplyAddress, ReplyOrError, send
from apps.messaging.request_reply.right_answer import (
    Awaiting,
    OnlyWrongAnswers,
    Question,
    right_answer,
    wait,
)

FAILOVER_FRACTION = 1 / 3
"""The part of the timeout after which a request is sent again, most likely to another responder."""

type Asked[A] = Awaiting[tuple[Msg, A]]


def answers_to[A](
    questions: Sequence[Question[A]], *, timeout: float, failover: bool, pauses: Sequence[float]
) -> list[tuple[Msg, A]]:
    """Ask all at once; return the answers in order.

    `timeout`, in seconds, is for all of them; `pauses` are those while there is no responder.
    Raises `NoResponder`, `RequestTimeout` or `BrokerAway` if one of them gets no answer.
    """
    arrivals: SimpleQueue[tuple[int, ReplyOrError]] = SimpleQueue()
    answers: dict[int, tuple[Msg, A]] = {}
    asked: dict[int, Asked[A]] = {}
    until: dict[int, float] = {}

    def go_on(number: int, arrival: ReplyOrError | None) -> None:
        going_on = asked[number]
        try:
            if isinstance(arrival, Exception):
                until[number] = going_on.throw(arrival)
            else:
                until[number] = going_on.send(arrival)
        except StopIteration as end:
            answers[number] = end.value
            until.pop(number, None)

    for number, question in enumerate(questions):
        reply_to = ReplyAddress(partial(_put, arrivals, number))
        ask = partial(send, question, reply_to)
        asked[number] = _asked(question, ask, timeout=timeout, failover=failover, pauses=pauses)
        go_on(number, None)
    while until:
        number, arrival = _next(arrivals, until)
        if number in until:
            go_on(number, arrival)
    return [answers[number] for number in range(len(questions))]


def _put(
    arrivals: SimpleQueue[tuple[int, ReplyOrError]], number: int, arrival: ReplyOrError
) -> None:
    arrivals.put((number, arrival))


def _next(
    arrivals: SimpleQueue[tuple[int, ReplyOrError]], until: dict[int, float]
) -> tuple[int, ReplyOrError | None]:
    """Wait for what arrives; None for the question whose time is over before."""
    number = min(until, key=until.__getitem__)
    try:
        return arrivals.get(timeout=max(0.0, until[number] - time.monotonic()))
    except Empty:
        return number, None


def _asked[A](
    question: Question[A],
    ask: Callable[[], None],
    *,
    timeout: float,
    failover: bool,
    pauses: Sequence[float],
) -> Asked[A]:
    deadline = time.monotonic() + timeout
    if failover:
        try:
            first = timeout * FAILOVER_FRACTION
            return (yield from _answered(question, ask, timeout=first, pauses=pauses))
        except (RequestTimeout, OnlyWrongAnswers):
            # The responder that had the question may have died.
            timeout = deadline - time.monotonic()
    return (yield from _answered(question, ask, timeout=timeout, pauses=pauses))


def _answered[A](
    question: Question[A], ask: Callable[[], None], *, timeout: float, pauses: Sequence[float]
) -> Asked[A]:
    """Ask once, and after each pause if there is no responder, as during a restart."""
    for pause in (*pauses, None):
        try:
            return (yield from right_answer(question, ask, timeout=timeout))
        except nats.errors.NoRespondersError as error:
            if pause is None or pause > timeout:
                raise NoResponder from error
        except CONNECTION_LOST as error:
            raise BrokerAway(f"the connection to NATS was lost: {error}") from error
        yield from wait(pause)
    raise NoResponder
