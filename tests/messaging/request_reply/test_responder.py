"""The answering side, asked by a foreign client on a real nats-server."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from apps.messaging import hooks
from apps.messaging.request_reply.client import ask
from apps.messaging.request_reply.responder import Refusal, answering
from apps.messaging.request_reply.warm_cache import WarmCache
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.questions import SUBJECT, Minutes, Question, service
from tests.support.logged import messages_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

QUESTION = b'{"tea": "green"}'
HANDLING_TAKES = 0.3


def request(server: NatsServer, body: bytes, headers: dict[str, str] | None = None) -> Msg:
    return on_nats(server, lambda nc: nc.request(SUBJECT, body, timeout=10, headers=headers))


def error_of(reply: Msg) -> tuple[str, str]:
    headers = reply.headers or {}
    return headers.get("Nats-Service-Error-Code", ""), headers.get("Nats-Service-Error", "")


@pytest.fixture(params=[0, 2], ids=["at once", "in threads"])
def threads(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_a_foreign_client_gets_the_answer(nats_server: NatsServer, threads: int) -> None:
    with running(answering(service(threads=threads))):
        reply = request(nats_server, QUESTION)
    assert json.loads(reply.data) == {"minutes": 3}


def test_a_service_answers_its_other_subjects_too(nats_server: NatsServer, threads: int) -> None:
    def five_minutes(body: bytes) -> Minutes:
        return Minutes(minutes=5)

    other = "kitchen.how_long.coffee"

    async def ask_both(nc: Client) -> list[Msg]:
        return [await nc.request(subject, QUESTION, timeout=60) for subject in (SUBJECT, other)]

    with running(answering(replace(service(threads=threads), also={other: five_minutes}))):
        replies = on_nats(nats_server, ask_both)
    assert [json.loads(reply.data) for reply in replies] == [{"minutes": 3}, {"minutes": 5}]


def test_the_headers_of_the_request_are_not_echoed(nats_server: NatsServer, threads: int) -> None:
    with running(answering(service(threads=threads))):
        reply = request(nats_server, QUESTION, {"Nats-Msg-Id": "1", "x": "y"})
    assert not reply.headers


def test_question_and_answer_pass_their_hooks_with_the_same_inbox(
    nats_server: NatsServer, threads: int
) -> None:
    inboxes: dict[str, object] = {}

    def watch(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> None:
        if "reply_to" in attributes:
            inboxes[point] = attributes["reply_to"]

    hooks.watch_everywhere(watch)
    try:
        with running(answering(service(threads=threads))):
            ask(SUBJECT, Question(tea="green"), Minutes, timeout=60)
    finally:
        hooks.watch_no_more(watch)
    assert inboxes.keys() == {"request.received", "request.answered"}
    assert len(set(inboxes.values())) == 1
    assert str(inboxes["request.received"]).startswith("_INBOX")


def test_an_answer_goes_to_an_inbox_alone(
    nats_server: NatsServer, threads: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A caller may name any subject, also one on which only the responder may publish."""

    async def ask(nc: Client) -> tuple[Msg, int]:
        elsewhere = await nc.subscribe("kitchen.elsewhere")
        await nc.publish(SUBJECT, QUESTION, reply="kitchen.elsewhere")
        reply = await nc.request(SUBJECT, QUESTION, timeout=60)
        return reply, elsewhere.pending_msgs

    with running(answering(service(threads=threads))):
        reply, arrived = on_nats(nats_server, ask)
    assert (json.loads(reply.data), arrived) == ({"minutes": 3}, 0)
    assert messages_by("apps.messaging.request_reply", caplog) == ["not answered"]


@pytest.mark.parametrize("body", [b"", b"green", b"[]", b'{"coffee": 1}', b"\xff"])
def test_an_unreadable_request_is_answered_with_a_reason(
    nats_server: NatsServer, threads: int, body: bytes
) -> None:
    with running(answering(service(threads=threads))):
        code, description = error_of(request(nats_server, body))
    assert code == "400"
    assert description.startswith("unreadable request: not a Question: ")


def test_a_refusal_is_answered_with_its_code(nats_server: NatsServer, threads: int) -> None:
    def refuse(body: bytes) -> Minutes:
        raise Refusal(404, "no such tea\r\nand no coffee either" + "!" * 5000)

    with running(answering(service(refuse, threads=threads))):
        code, description = error_of(request(nats_server, QUESTION))
    assert code == "404"
    assert description.startswith("no such tea")
    assert len(description) <= 200


def test_a_failure_is_logged_and_its_cause_is_not_sent(
    nats_server: NatsServer, threads: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(body: bytes) -> Minutes:
        raise RuntimeError("the secret recipe")

    with running(answering(service(fail, threads=threads))):
        assert error_of(request(nats_server, QUESTION)) == ("500", "internal error")
    assert "not answered" in caplog.messages


def test_a_request_without_a_reply_subject_does_no_harm(
    nats_server: NatsServer, threads: int
) -> None:
    with running(answering(service(threads=threads))) as worker:
        on_nats(nats_server, lambda nc: nc.publish(SUBJECT, QUESTION))
        assert request(nats_server, QUESTION).data
    assert worker.failure is None


def test_a_responder_does_not_answer_before_its_cache_is_read(nats_server: NatsServer) -> None:
    tried = threading.Event()

    def read() -> None:
        tried.set()
        raise RuntimeError("the book is away")

    unread = replace(service(), cache=WarmCache(read=read, every_seconds=60))
    with running(answering(unread), ready_within=0):
        assert tried.wait(60)
        with pytest.raises(NoRespondersError):
            request(nats_server, QUESTION)


def test_a_service_is_discoverable_by_its_name(nats_server: NatsServer) -> None:
    with running(answering(service())), running(answering(service())):
        infos = on_nats(nats_server, _who_is_there)
    assert [info["name"] for info in infos] == ["kitchen", "kitchen"]
    assert {(each["subject"], each["queue_group"]) for each in infos[0]["endpoints"]} == {
        (SUBJECT, "cooks")
    }


def test_requests_run_concurrently_in_threads(nats_server: NatsServer) -> None:
    all_in_flight = threading.Barrier(4, timeout=60)

    def wait_for_the_others(body: bytes) -> Minutes:
        all_in_flight.wait()
        return Minutes(minutes=3)

    async def ask_four_times(nc: Client) -> list[Msg]:
        return await asyncio.gather(*(nc.request(SUBJECT, QUESTION, timeout=60) for _ in range(4)))

    with running(answering(service(wait_for_the_others, threads=4))):
        assert [error_of(reply) for reply in on_nats(nats_server, ask_four_times)] == [("", "")] * 4


def test_a_responder_answers_running_requests_before_it_stops(nats_server: NatsServer) -> None:
    begun = threading.Event()

    def be_slow(body: bytes) -> Minutes:
        begun.set()
        time.sleep(HANDLING_TAKES)
        return Minutes(minutes=3)

    replies: list[Msg] = []
    asking = threading.Thread(target=lambda: replies.append(request(nats_server, QUESTION)))
    with running(answering(service(be_slow, threads=2))):
        asking.start()
        assert begun.wait(60)
    asking.join()
    assert json.loads(replies[0].data)["minutes"] == 3


def test_a_responder_answers_again_after_the_server_was_killed(nats_server: NatsServer) -> None:
    with running(answering(service())) as worker:
        nats_server.kill()
        eventually(lambda: not worker.is_ready)
        nats_server.start()
        eventually(lambda: worker.is_ready)
        assert request(nats_server, QUESTION).data


async def _who_is_there(nc: Client) -> list[dict[str, Any]]:
    inbox = nc.new_inbox()
    answers = await nc.subscribe(inbox)
    await nc.publish("$SRV.INFO.kitchen", reply=inbox)
    return [json.loads((await answers.next_msg(timeout=60)).data) for _ in range(2)]
