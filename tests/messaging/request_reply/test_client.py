"""The requesting side, on a real nats-server, with working, faulty and killed responders."""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_for_workers import connected, idle
from apps.messaging.errors import (
    BrokerAway,
    MessageTooLarge,
    NoResponder,
    RequestRefused,
    RequestTimeout,
)
from apps.messaging.request_reply import client
from apps.messaging.request_reply.client import ask, ask_all
from apps.messaging.worker.lifecycle import Worker
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.questions import SUBJECT, Minutes, Question
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import at_most, eventually

PLENTY = 20.0
"""Seconds for an answer that comes at once, whatever the machine does meanwhile."""
ENOUGH = 3.0
"""Seconds that a test waits to their end, and in which a wrong answer comes at once."""

type OnRequest = Callable[[Client, Msg], Awaitable[None]]


def responder(on_request: OnRequest) -> Callable[[Worker], Awaitable[None]]:
    """A foreign responder that may do anything."""

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


def ask_for(tea: str, *, timeout: float = PLENTY) -> Minutes:
    return ask(SUBJECT, Question(tea=tea), Minutes, timeout=timeout)


def test_the_answer_comes_back(nats_server: NatsServer) -> None:
    with running(responder(answer)):
        assert ask_for("green") == Minutes(minutes=3)


def test_all_requests_are_sent_before_the_first_answer(nats_server: NatsServer) -> None:
    waiting: list[Msg] = []

    async def answer_all_at_last(nc: Client, msg: Msg) -> None:
        waiting.append(msg)
        if len(waiting) == 50:
            for each in reversed(waiting):
                tea = Question.read(each.data).tea
                await answer(nc, each, Minutes(minutes=int(tea)).to_json().encode())

    questions = [Question(tea=str(number)) for number in range(50)]
    with running(responder(answer_all_at_last)):
        answers = ask_all(SUBJECT, questions, Minutes, timeout=PLENTY)
    assert answers == [Minutes(minutes=number) for number in range(50)]


def test_a_request_without_a_responder_fails_at_once(nats_server: NatsServer) -> None:
    began = time.monotonic()
    with pytest.raises(NoResponder):
        ask_for("green", timeout=60)
    assert time.monotonic() - began < 20


def test_a_responder_that_starts_a_moment_later_is_found(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "NO_RESPONDER_PAUSES", (0.05,) * 60)
    with ThreadPoolExecutor(1) as thread:
        asking = thread.submit(ask_for, "green", timeout=9)
        with running(responder(answer)):
            assert asking.result() == Minutes(minutes=3)


def test_a_silent_responder_is_a_timeout_within_the_budget(nats_server: NatsServer) -> None:
    with running(responder(be_silent)):
        nats_for_threads.connect(timeout=PLENTY)
        began = time.monotonic()
        with pytest.raises(RequestTimeout):
            ask_for("green", timeout=0.5)
        assert 0.4 < time.monotonic() - began < at_most(0.8)


def test_a_request_to_a_responder_that_dies_is_repeated(nats_server: NatsServer) -> None:
    taken: list[Msg] = []

    async def take_the_first_with_you(nc: Client, msg: Msg) -> None:
        taken.append(msg)
        if len(taken) > 1:
            await answer(nc, msg)

    with running(responder(take_the_first_with_you)):
        assert ask_for("green", timeout=6) == Minutes(minutes=3)
    assert len(taken) == 2


def test_without_failover_a_request_is_sent_once(nats_server: NatsServer) -> None:
    asked: list[Msg] = []

    async def be_silent_and_count(nc: Client, msg: Msg) -> None:
        asked.append(msg)

    with running(responder(be_silent_and_count)):
        with pytest.raises(RequestTimeout):
            ask_all(SUBJECT, [Question(tea="green")], Minutes, timeout=ENOUGH, failover=False)
        eventually(lambda: asked)
    assert len(asked) == 1


def test_a_request_need_not_await_a_responder(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "NO_RESPONDER_PAUSES", (20.0,))
    began = time.monotonic()
    with pytest.raises(NoResponder):
        ask_all(SUBJECT, [Question(tea="green")], Minutes, timeout=90, await_responder=False)
    assert time.monotonic() - began < 10


def test_a_request_without_a_server_raises_broker_away(nats_server: NatsServer) -> None:
    nats_server.kill()
    with pytest.raises(BrokerAway):
        ask_for("green", timeout=0.3)


def test_a_server_killed_during_a_request_raises_in_time(nats_server: NatsServer) -> None:
    async def kill_the_server(nc: Client, msg: Msg) -> None:
        nats_server.kill()

    with running(responder(kill_the_server)):
        nats_for_threads.connect(timeout=PLENTY)
        began = time.monotonic()
        with pytest.raises((RequestTimeout, BrokerAway)):
            ask_for("green", timeout=1)
        assert time.monotonic() - began < at_most(1.3)


def test_an_error_answer_is_raised_with_its_code(nats_server: NatsServer) -> None:
    with running(responder(refuse("404", "no such tea"))), pytest.raises(RequestRefused) as caught:
        ask_for("coal")
    assert (caught.value.code, caught.value.description) == (404, "no such tea")


def test_an_error_answer_replaces_only_its_own_requests_answer(nats_server: NatsServer) -> None:
    async def refuse_coal(nc: Client, msg: Msg) -> None:
        await (refuse("404", "no") if b"coal" in msg.data else answer)(nc, msg)

    questions = [Question(tea=tea) for tea in ("green", "coal", "black")]
    with running(responder(refuse_coal)):
        first, second, third = ask_all(SUBJECT, questions, Minutes, timeout=PLENTY)
    assert first == third == Minutes(minutes=3)
    assert isinstance(second, RequestRefused)


def why_none_counts(ask: Callable[[], object]) -> str:
    """Return why `ask` found no responder; where no answer came in time, it asks again."""

    def why() -> str:
        try:
            with pytest.raises(NoResponder) as error:
                ask()
        except (RequestTimeout, BrokerAway):
            return ""
        return str(error.value)

    return eventually(why)


@pytest.mark.usefixtures("patient_caller")
@pytest.mark.parametrize("code", ["500", "no number", "", "4" * 5000, "٤٠٤"])
def test_a_failing_responder_is_treated_as_missing(nats_server: NatsServer, code: str) -> None:
    failing = responder(refuse(code, "out of water"))
    with running(failing):
        assert "out of water" in why_none_counts(lambda: ask_for("green", timeout=ENOUGH))


def is_about(answer: Minutes, question: Question) -> bool:
    return str(answer.minutes) == question.tea


def ask_about(*teas: str, timeout: float = PLENTY) -> list[Minutes | RequestRefused]:
    questions = [Question(tea=tea) for tea in teas]
    return ask_all(SUBJECT, questions, Minutes, timeout=timeout, is_about=is_about)


@pytest.mark.parametrize("wrong", [b'{"minutes": 3}', b"{}", b"nonsense", b""])
def test_a_request_is_repeated_after_a_wrong_answer(nats_server: NatsServer, wrong: bytes) -> None:
    asked: list[bytes] = []

    async def be_wrong_twice(nc: Client, msg: Msg) -> None:
        asked.append(msg.data)
        await answer(nc, msg, wrong if len(asked) < 3 else b'{"minutes": 7}')

    with running(responder(be_wrong_twice)):
        assert ask_about("7") == [Minutes(minutes=7)]
    assert len(asked) == 3


def test_another_responder_answers_for_a_failing_one(nats_server: NatsServer) -> None:
    with running(responder(refuse("500", "out of water"))), running(responder(answer)):
        assert {ask_for("green").minutes for _ in range(20)} == {3}


def test_a_right_answer_after_a_wrong_one_is_used(nats_server: NatsServer) -> None:
    asked: list[bytes] = []

    async def be_wrong_and_then_right(nc: Client, msg: Msg) -> None:
        asked.append(msg.data)
        await answer(nc, msg, b'{"minutes": 3}')
        await answer(nc, msg, b'{"minutes": 7}')

    with running(responder(be_wrong_and_then_right)):
        assert ask_about("7") == [Minutes(minutes=7)]
    assert len(asked) == 1


def test_an_answer_may_have_the_status_header_of_the_server(nats_server: NatsServer) -> None:
    with running(responder(partial(answer, headers={"Status": "503"}))):
        assert ask_for("green") == Minutes(minutes=3)


def test_a_late_answer_is_not_taken_for_that_of_the_next_question(nats_server: NatsServer) -> None:
    asked: list[Msg] = []

    async def answer_the_first_late(nc: Client, msg: Msg) -> None:
        asked.append(msg)
        if len(asked) > 1:
            await answer(nc, asked[0], b'{"minutes": 3}')
            await answer(nc, msg, b'{"minutes": 7}')

    with running(responder(answer_the_first_late)):
        with pytest.raises(RequestTimeout):
            ask_all(SUBJECT, [Question(tea="green")], Minutes, timeout=ENOUGH, failover=False)
        assert ask_for("black") == Minutes(minutes=7)


@pytest.mark.usefixtures("patient_caller")
def test_wrong_answers_only_raise_an_error_with_the_reason(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    def ask_in_time() -> object:
        began = time.monotonic()
        try:
            return ask_about("7", timeout=ENOUGH)
        finally:
            assert time.monotonic() - began < at_most(ENOUGH)

    with running(responder(answer)):
        assert 'asked {"tea":"7"}, answered {"minutes":3}' in why_none_counts(ask_in_time)
    assert "wrong answers passed over" in caplog.messages


@pytest.mark.usefixtures("patient_caller")
def test_a_streams_acknowledgement_is_not_taken_for_an_answer(nats_server: NatsServer) -> None:
    """The stream's acknowledgement arrives in place of an answer."""
    on_nats(nats_server, lambda nc: nc.jetstream().add_stream(name="TRAP", subjects=[SUBJECT]))
    try:
        why = why_none_counts(lambda: ask_for("green", timeout=ENOUGH))
        assert "not of the agreed form" in why
    finally:
        on_nats(nats_server, lambda nc: nc.jetstream().delete_stream("TRAP"))


def test_a_too_large_request_is_rejected_before_sending() -> None:
    with pytest.raises(MessageTooLarge):
        ask_for("x" * 70_000)
