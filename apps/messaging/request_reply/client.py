"""Request-reply, the asking side: an answer within the timeout, or an error with the reason.

`responder.py` is the other side: several members of a queue group, any of which may die. Use it
only for requests that change nothing: a request whose answer is late is sent again.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from nats.aio.msg import Msg
from nats.micro.request import ERROR_CODE_HEADER, ERROR_HEADER

from apps.messaging.errors import MessageUnreadable, RequestRefused
from apps.messaging.hooks.steps import asking
from apps.messaging.hooks.tracing import current_traceparent
from apps.messaging.message import Payload, check_size
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply.asking import answers_to
from apps.messaging.request_reply.inbox import reach
from apps.messaging.request_reply.right_answer import OnlyWrongAnswers, Question

_CODE = re.compile(r"[0-9]{1,3}")
NO_RESPONDER_PAUSES: tuple[float, ...] = (0.05, 0.1)
"""Seconds between the attempts while there is no responder."""


def _any_answer_fits(answer: Payload, request: Payload) -> bool:
    return True


def _any_can_be_refused(request: Payload) -> bool:
    return True


def ask[R: Payload](subject: str, request: Payload, reply_type: type[R], *, timeout: float) -> R:
    """Ask, and return the answer.

    `timeout`, in seconds, is the whole budget, retries included; on a busy machine the error comes
    up to half a second later.
    Raises `NoResponder` within 0.2 s if there is none, and at the timeout if only wrong answers
    came; `RequestTimeout`, `RequestRefused`, or `BrokerAway`; before anything is sent
    `MessageTooLarge`.
    """
    answer = ask_all(subject, [request], reply_type, timeout=timeout)[0]
    if isinstance(answer, RequestRefused):
        raise answer
    return answer


def ask_all[Q: Payload, R: Payload](
    subject: str,
    requests: Sequence[Q],
    reply_type: type[R],
    *,
    timeout: float,
    is_about: Callable[[R, Q], bool] = _any_answer_fits,
    can_be_refused: Callable[[Q], bool] = _any_can_be_refused,
    failover: bool = True,
    await_responder: bool = True,
) -> list[R | RequestRefused]:
    """Send all requests at once; return their answers in order, a refusal as `RequestRefused`.

    A request is sent again if its answer is unreadable, if `is_about` rejects the answer, or if the
    answer is a refusal and `can_be_refused` is false for the request. `timeout`, in seconds, is for
    all of them together, retries included. Without `failover`, an unanswered request is not sent
    again; without `await_responder`, `NoResponder` is raised at once, and not after 0.15 s.
    Raises `NoResponder`, `RequestTimeout` or `BrokerAway` if one of them got no answer, and
    `MessageTooLarge` before anything is sent.
    """
    with asking(subject, count=len(requests)):
        headers = {"traceparent": current_traceparent()}
        questions: list[Question[R | RequestRefused]] = []
        for request in requests:
            read = partial(_read, reply_type=reply_type, request=request, is_about=is_about)
            if not can_be_refused(request):
                read = partial(_read_no_refusal, read)
            questions.append(_question(subject, request, headers, read))
        deadline = time.monotonic() + timeout
        reach(timeout)
        pauses = NO_RESPONDER_PAUSES if await_responder else ()
        left = deadline - time.monotonic()
        answers = answers_to(questions, timeout=left, failover=failover, pauses=pauses)
        for reply, _ in answers:
            # The headers of the question: an answer carries none but those of an error.
            answer = CoreMessage(subject, headers | (reply.headers or {}), reply.data)
            answer.reached("request.answered", reply_to=reply.subject)
        return [answer for _, answer in answers]


def _question[A](
    subject: str, request: Payload, headers: dict[str, str], read: Callable[[Msg], A]
) -> Question[A]:
    body = request.to_json().encode()
    check_size(body, headers)
    CoreMessage(subject, headers, body).reached("request.sent")
    return Question(subject=subject, body=body, headers=headers, read=read)


def _read[Q: Payload, R: Payload](
    reply: Msg, *, reply_type: type[R], request: Q, is_about: Callable[[R, Q], bool]
) -> R | RequestRefused:
    """Return the answer; raise `OnlyWrongAnswers` if another responder may give a valid one."""
    headers = reply.headers or {}
    if ERROR_HEADER in headers or ERROR_CODE_HEADER in headers:
        return _refusal(headers)
    try:
        answer = reply_type.read(reply.data)
    except MessageUnreadable as error:
        # A stream that captures the subject would answer thus, with its acknowledgement.
        raise OnlyWrongAnswers(f"the answer is not of the agreed form: {error}") from error
    if not is_about(answer, request):
        raise OnlyWrongAnswers(
            f"the answer is to another question: asked {request.to_json()}, "
            f"answered {answer.to_json()}"
        )
    return answer


def _read_no_refusal[A](read: Callable[[Msg], A], reply: Msg) -> A:
    """Read it; raise `OnlyWrongAnswers` for a refusal: this request cannot be refused."""
    answer = read(reply)
    if isinstance(answer, RequestRefused):
        raise OnlyWrongAnswers(f"a refusal of what is right: {answer}") from answer
    return answer


def _refusal(headers: Mapping[str, str]) -> RequestRefused:
    """Return the responder's refusal; raise `OnlyWrongAnswers` if the responder itself failed."""
    code, description = headers.get(ERROR_CODE_HEADER, ""), headers.get(ERROR_HEADER, "")
    # The header of a stranger may be anything: what is no code counts as a failed responder.
    refusal = RequestRefused(int(code) if _CODE.fullmatch(code) else 500, description)
    if refusal.code >= 500:
        raise OnlyWrongAnswers(f"the responder failed: {description}") from refusal
    return refusal
