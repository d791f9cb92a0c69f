"""The asking side, on a real nats-server and against responders good, bad and dead."""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.errors import (
    BrokerAway,
    MessageTooLarge,
    NoResponder,
    RequestRefused,
    RequestTimeout,
)
from apps.messaging.message import Payload
from apps.messaging.request_reply import client
from apps.messaging.request_reply.client import ask, ask_all
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import crowding

SUBJECT = "kitchen.how_long"


class Question(Payload):
    tea: str


class Minutes(Payload):
    minutes: int


type OnRequest = Callable[[Client, Msg], Awaitable[None]]


def responder(on_request: OnRequest) -> Callable[[Worker], Awaitable[None]]:
    """A responder that is not ours, and may do anything."""

    async def loop(worker: Worker) -> None:
        async with connected(worker) as nc:
            await nc.subscribe(SUBJECT, queue="cooks", cb=partial(on_request, nc))
            await nc.flush()
            worker.ready()
            await idle(nc, worker)

    return loop


async def answer(
    nc: Client, msg: Msg, body: bytes = b'{"minutes": 3}', headers: dict[str, str] | None = None
) -> None:
    await nc.publish(msg.reply, body, headers=headers)


async def be_silent(nc: Client, msg: Msg) -> None:
    pass


def refuse(code: str, description: str) -> OnRequest:
    headers = {"Nats-Service-Error-Code": code, "Nats-Service-Error": description}
    return partial(answer, body=b"", headers=headers)


def ask_for(tea: str, *, timeout: float = 1.0) -> Minutes:
    return ask(SUBJECT, Question(tea=tea), Minutes, timeout=timeout)


def test_the_answer_comes_back(nats_server: NatsServer) -> None:
    with running(responder(answer)):
        assert ask_for("green") == Minutes(minutes=3)


def test_all_questions_are_asked_before_the_first_is_answered(nats_server: NatsServer) -> None:
    waiting: list[Msg] = []

    async def answer_all_at_last(nc: Client, msg: Msg) -> None:
        waiting.append(msg)
        if len(waiting) == 50:
            for each in reversed(waiting):
                tea = Question.read(each.data).tea
                await answer(nc, each, Minutes(minutes=int(tea)).to_json().encode())

    questions = [Question(tea=str(number)) for number in range(50)]
    with running(responder(answer_all_at_last)):
        answers = ask_all(SUBJECT, questions, Minutes, timeout=3)
    assert answers == [Minutes(minutes=number) for number in range(50)]


def test_without_a_responder_the_caller_hears_so_at_once(nats_server: NatsServer) -> None:
    began = time.monotonic()
    with pytest.raises(NoResponder):
        ask_for("green", timeout=5)
    assert time.monotonic() - began < 1 * crowding()


def test_a_responder_that_is_there_a_moment_later_is_found(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "NO_RESPONDER_PAUSES", (0.05,) * 60)
    with ThreadPoolExecutor(1) as thread:
        asking = thread.submit(ask_for, "green", timeout=9)
        with running(responder(answer)):
            assert asking.result() == Minutes(minutes=3)


def test_silence_is_a_timeout_within_the_budget(nats_server: NatsServer) -> None:
    with running(responder(be_silent)):
        began = time.monotonic()
        with pytest.raises(RequestTimeout):
            ask_for("green", timeout=0.5)
        assert 0.4 < time.monotonic() - began < 0.8 * crowding()


def test_a_question_that_was_taken_by_one_who_dies_is_asked_again(nats_server: NatsServer) -> None:
    taken: list[Msg] = []

    async def take_the_first_with_you(nc: Client, msg: Msg) -> None:
        taken.append(msg)
        if len(taken) > 1:
            await answer(nc, msg)

    with running(responder(take_the_first_with_you)):
        assert ask_for("green") == Minutes(minutes=3)
    assert len(taken) == 2


def test_without_a_server_the_broker_is_away(nats_server: NatsServer) -> None:
    nats_server.kill()
    with pytest.raises(BrokerAway):
        ask_for("green", timeout=0.3)


def test_a_server_that_dies_meanwhile_is_a_named_error_in_time(nats_server: NatsServer) -> None:
    async def kill_the_server(nc: Client, msg: Msg) -> None:
        nats_server.kill()

    with running(responder(kill_the_server)):
        began = time.monotonic()
        with pytest.raises((RequestTimeout, BrokerAway)):
            ask_for("green", timeout=1)
        assert time.monotonic() - began < 1.3 * crowding()


def test_a_refusal_comes_back_with_its_code(nats_server: NatsServer) -> None:
    with running(responder(refuse("404", "no such tea"))), pytest.raises(RequestRefused) as caught:
        ask_for("coal")
    assert (caught.value.code, caught.value.description) == (404, "no such tea")


def test_among_many_a_refusal_takes_the_place_of_its_question(nats_server: NatsServer) -> None:
    async def refuse_coal(nc: Client, msg: Msg) -> None:
        await (refuse("404", "no") if b"coal" in msg.data else answer)(nc, msg)

    questions = [Question(tea=tea) for tea in ("green", "coal", "black")]
    with running(responder(refuse_coal)):
        first, second, third = ask_all(SUBJECT, questions, Minutes, timeout=1)
    assert first == third == Minutes(minutes=3)
    assert isinstance(second, RequestRefused)


@pytest.mark.parametrize("code", ["500", "no number", ""])
def test_a_responder_that_fails_is_as_good_as_none(nats_server: NatsServer, code: str) -> None:
    failing = responder(refuse(code, "out of water"))
    with running(failing), pytest.raises(NoResponder, match="out of water"):
        ask_for("green")


def is_about(answer: Minutes, question: Question) -> bool:
    return str(answer.minutes) == question.tea


def ask_about(*teas: str, timeout: float = 1.0) -> list[Minutes | RequestRefused]:
    questions = [Question(tea=tea) for tea in teas]
    return ask_all(SUBJECT, questions, Minutes, timeout=timeout, is_about=is_about)


@pytest.mark.parametrize("wrong", [b'{"minutes": 3}', b"{}", b"nonsense", b""])
def test_in_the_group_one_wrong_answer_is_followed_by_another_question(
    nats_server: NatsServer, wrong: bytes
) -> None:
    asked: list[bytes] = []

    async def be_wrong_twice(nc: Client, msg: Msg) -> None:
        asked.append(msg.data)
        await answer(nc, msg, wrong if len(asked) < 3 else b'{"minutes": 7}')

    with running(responder(be_wrong_twice)):
        assert ask_about("7") == [Minutes(minutes=7)]
    assert len(asked) == 3


def test_a_responder_that_fails_leaves_the_question_to_another(nats_server: NatsServer) -> None:
    with running(responder(refuse("500", "out of water"))), running(responder(answer)):
        assert {ask_for("green").minutes for _ in range(20)} == {3}


def test_a_wrong_answer_that_comes_first_hides_no_right_one(nats_server: NatsServer) -> None:
    asked: list[bytes] = []

    async def be_wrong_and_then_right(nc: Client, msg: Msg) -> None:
        asked.append(msg.data)
        await answer(nc, msg, b'{"minutes": 3}')
        await answer(nc, msg, b'{"minutes": 7}')

    with running(responder(be_wrong_and_then_right)):
        assert ask_about("7") == [Minutes(minutes=7)]
    assert len(asked) == 1


def test_wrong_answers_alone_are_no_answer_and_the_error_says_why(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    with running(responder(answer)):
        began = time.monotonic()
        with pytest.raises(NoResponder, match=r'asked \{"tea":"7"\}, answered \{"minutes":3\}'):
            ask_about("7", timeout=0.3)
        assert time.monotonic() - began < 0.5
    assert "wrong answers passed over" in caplog.messages


def test_a_subject_that_a_stream_captures_is_found_out(nats_server: NatsServer) -> None:
    """The stream's acknowledgement arrives in place of an answer."""
    on_nats(nats_server, lambda nc: nc.jetstream().add_stream(name="TRAP", subjects=[SUBJECT]))
    try:
        with pytest.raises(NoResponder, match="not of the agreed form"):
            ask_for("green")
    finally:
        on_nats(nats_server, lambda nc: nc.jetstream().delete_stream("TRAP"))


def test_a_question_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(MessageTooLarge):
        ask_for("x" * 70_000)
