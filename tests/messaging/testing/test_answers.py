"""The fixture `answers`: what a caller gets, compared with what it gets through a real server."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from apps.messaging.errors import (
    BrokerAway,
    MessagingError,
    NoResponder,
    RequestRefused,
    RequestTimeout,
)
from apps.messaging.message import Payload
from apps.messaging.models import InboxEntry
from apps.messaging.request_reply.client import ask, ask_all
from apps.messaging.request_reply.responder import Refusal, answering
from apps.messaging.request_reply.warm_cache import WarmCache
from apps.messaging.testing import KitError
from apps.messaging.testing.answering import Answers
from tests.messaging.support.questions import SUBJECT, Minutes, Question, service
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually


def how_long(tea: str = "green") -> Minutes:
    return ask(SUBJECT, Question(tea=tea), Minutes, timeout=3.0)


def test_a_caller_gets_the_answer_and_its_question_is_kept(answers: Answers) -> None:
    asked = answers(SUBJECT, Minutes(minutes=4))
    assert how_long("oolong") == Minutes(minutes=4)
    assert [Question.read(body) for body in asked] == [Question(tea="oolong")]


def test_a_later_answer_replaces_the_earlier(answers: Answers) -> None:
    answers(SUBJECT, Minutes(minutes=4))
    answers(SUBJECT, Minutes(minutes=5))
    assert how_long().minutes == 5


def test_a_function_answers_by_the_question(answers: Answers) -> None:
    answers(SUBJECT, lambda body: Minutes(minutes=len(Question.read(body).tea)))
    found = ask_all(SUBJECT, [Question(tea="a"), Question(tea="bc")], Minutes, timeout=3.0)
    assert found == [Minutes(minutes=1), Minutes(minutes=2)]


@pytest.mark.parametrize("error", [NoResponder(), RequestTimeout(), BrokerAway()])
def test_a_caller_gets_the_error(
    answers: Answers, error: NoResponder | RequestTimeout | BrokerAway
) -> None:
    answers(SUBJECT, error)
    with pytest.raises(type(error)):
        how_long()


def test_a_question_without_an_answer_is_named(answers: Answers) -> None:
    answers("kitchen.other", Minutes(minutes=4))
    with pytest.raises(KitError, match=r"kitchen\.how_long was asked, and the test has no answer"):
        how_long()


def test_a_subject_alone_is_no_answer(answers: Answers) -> None:
    with pytest.raises(KitError, match="needs the answer as its second argument"):
        answers(SUBJECT)  # type: ignore[call-overload]


def test_the_cache_of_a_responder_is_read_first(answers: Answers) -> None:
    known: list[int] = []
    cached = service(lambda body: Minutes(minutes=known[0]))
    answers(replace(cached, cache=WarmCache(read=lambda: known.append(6), every_seconds=60)))
    assert how_long().minutes == 6


@pytest.mark.django_db
def test_a_responder_with_threads_may_use_the_database_of_the_test(answers: Answers) -> None:
    InboxEntry.objects.create(consumer="drinker", message_id="1")
    answers(service(lambda body: Minutes(minutes=InboxEntry.objects.count()), threads=1))
    assert how_long().minutes == 1


@pytest.mark.django_db
def test_a_responder_without_threads_may_not_as_at_work(answers: Answers) -> None:
    answers(service(lambda body: Minutes(minutes=InboxEntry.objects.count())))
    with pytest.raises(NoResponder, match="internal error"):
        how_long()


class Hours(Payload):
    hours: int


def refuse(body: bytes) -> Minutes:
    raise Refusal(404, "no such tea")


def fail(body: bytes) -> Minutes:
    raise RuntimeError("a secret")


def too_large(body: bytes) -> Payload:
    return Question(tea="x" * 70_000)


HANDLES: list[Callable[[bytes], Payload]] = [
    lambda body: Minutes(minutes=3),
    lambda body: Hours(hours=1),
    refuse,
    fail,
    too_large,
    lambda body: Minutes(minutes=Minutes.read(body).minutes),
]


def outcome() -> tuple[str, str, int | None]:
    """Return the answer, or class and text of the error, with its code."""
    try:
        return str(how_long()), "", None
    except RequestRefused as error:
        return type(error).__name__, error.description, error.code
    except MessagingError as error:
        return type(error).__name__, str(error), None


@pytest.mark.usefixtures("patient_caller")
@pytest.mark.parametrize("handle", HANDLES)
def test_a_caller_gets_the_same_as_through_a_real_server(
    nats_server: NatsServer, request: pytest.FixtureRequest, handle: Callable[[bytes], Payload]
) -> None:
    def outcome_in_time() -> tuple[str, str, int | None] | None:
        """Return none where a busy machine has come to no answer."""
        found = outcome()
        return None if found[0] in (RequestTimeout.__name__, BrokerAway.__name__) else found

    with running(answering(service(handle))):
        real = eventually(outcome_in_time)
    request.getfixturevalue("answers")(service(handle))
    assert outcome() == real
