"""Fixes of nats-py: it keeps the order, reads on, and passes on partly malformed messages.

The bytes parsed here are well-formed; where parsing has to fail, code of these tests raises.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as some
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header
from nats.protocol.parser import Parser

from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import MessageTooLarge
from apps.messaging.events.consumer import consuming
from apps.messaging.models import DeadLetter
from apps.messaging.pubsub.broadcast import listening
from apps.messaging.pubsub.core_message import CoreMessage
from apps.messaging.request_reply.responder import answering
from tests.fuzz.generated_input import quick
from tests.messaging.support.brokers import forget, on_nats, provision, publish, publish_raw
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.messaging.support.questions import service
from tests.messaging.support.stub_nats import StubServer, stub_server
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

STRANGE = "x-strange"
"""A header at which reading the headers fails, as it does in nats-py for reasons of its own."""

NAMES = some.binary(min_size=1).filter(lambda name: not set(name) & set(b" \t\r\n"))

each_loop = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@pytest.fixture
def fails_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Client._process_headers

    async def fail_or_read(self: Client, headers: bytes | None) -> dict[str, str] | None:
        if headers and STRANGE.encode() in headers:
            raise UnicodeDecodeError("ascii", headers, 0, 1, "broken on purpose")
        found: dict[str, str] | None = await read(self, headers)
        return found

    monkeypatch.setattr(Client, "_process_headers", fail_or_read)


async def _ignore(error: Exception) -> None:
    pass


async def _with_stub(work: Callable[[StubServer, PatchedClient], Awaitable[None]]) -> None:
    async with stub_server() as stub:
        nc = PatchedClient()
        await nc.connect(stub.url, error_cb=_ignore)
        stub.lines.clear()
        try:
            await work(stub, nc)
        finally:
            await nc.close()


@each_loop
def test_a_flush_is_sent_after_the_subscription_it_confirms(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    async def subscribe(stub: StubServer, nc: PatchedClient) -> None:
        await nc.subscribe("teas.>")
        await nc.flush()
        assert stub.verbs() == [b"SUB", b"PING"]

    run(_with_stub(subscribe))


@each_loop
def test_a_flush_is_sent_after_the_messages_it_confirms(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    async def send(stub: StubServer, nc: PatchedClient) -> None:
        await nc.publish("teas.brewed", b"PUB-1")
        await nc.publish("teas.brewed", b"PUB-2")
        await nc.flush()
        assert stub.verbs() == [b"PUB", b"PUB-1", b"PUB", b"PUB-2", b"PING"]

    run(_with_stub(send))


def test_a_pong_of_a_cancelled_flush_gets_a_new_future(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each pong has a future; nats-py never gets one that is already done."""
    shown: list[bool] = []

    async def note(self: Client) -> None:
        shown.append(self._pongs.pop(0).done())

    async def take() -> None:
        nc = PatchedClient()
        over, awaited = (asyncio.get_running_loop().create_future() for _ in range(2))
        over.cancel()
        nc._pongs = [over, awaited]
        await nc._process_pong()
        assert nc._pongs == [awaited]
        await nc._process_pong()

    monkeypatch.setattr(Client, "_process_pong", note)
    asyncio.run(take())
    assert shown == [False, False]


def test_a_later_max_payload_of_the_server_applies_at_once() -> None:
    async def publish(stub: StubServer, nc: PatchedClient) -> None:
        await nc.publish("teas.brewed", b"x" * 100)
        stub.send(b'INFO {"max_payload": 99}\r\n')
        await nc.flush()
        with pytest.raises(MessageTooLarge, match="100 bytes with headers, 99 is"):
            await nc.publish("teas.brewed", b"x" * 100)

    asyncio.run(_with_stub(publish))


def test_reading_restarts_after_an_unexpected_error(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[CoreMessage] = []
    build = PatchedClient._build_message

    def fail_or_build(self: PatchedClient, sid: int, subject: bytes, *rest: Any) -> Msg:
        if subject == b"teas.unforeseen":
            raise ZeroDivisionError("broken on purpose")
        return build(self, sid, subject, *rest)

    monkeypatch.setattr(PatchedClient, "_build_message", fail_or_build)
    with running(listening("teas.>", received.append)) as worker:
        on_nats(nats_server, lambda nc: nc.publish("teas.unforeseen", b"?"))
        eventually(lambda: not worker.is_ready, what="it notices")
        eventually(lambda: worker.is_ready, what="it is back")
        on_nats(nats_server, lambda nc: nc.publish("teas.next", b"!"))
        eventually(lambda: received)
    assert [each.body for each in received] == [b"!"]


@pytest.mark.usefixtures("fails_to_read")
def test_a_listener_gets_a_message_with_malformed_headers_and_the_next(
    nats_server: NatsServer,
) -> None:
    async def send(nc: Client) -> None:
        await nc.publish("teas.brewed", b"?", headers={STRANGE: "1", "ce-id": "1"})
        await nc.publish("teas.next", b"!", headers={"ce-id": "2"})

    received: list[CoreMessage] = []
    with running(listening("teas.>", received.append)):
        on_nats(nats_server, send)
        eventually(lambda: len(received) == 2)
    assert [(each.subject, each.message_id, each.body) for each in received] == [
        ("teas.brewed", "", b"?"),
        ("teas.next", "2", b"!"),
    ]


@pytest.mark.usefixtures("fails_to_read")
@pytest.mark.django_db(transaction=True)
def test_a_consumer_dead_letters_malformed_headers_and_handles_the_next(
    nats_server: NatsServer,
) -> None:
    cups: list[TeaBrewed] = []
    consumer = make_consumer(cups.append, all_subjects=True)
    provision(nats_server, consumer)
    publish_raw(nats_server, b"?", {STRANGE: "1"})
    publish(nats_server, cups=2)
    with running(consuming(consumer)):
        eventually(lambda: cups and DeadLetter.objects.exists())
    assert cups == [TeaBrewed(cups=2)]
    assert DeadLetter.objects.get().body == "?"
    forget(nats_server)


@pytest.mark.usefixtures("fails_to_read")
def test_a_responder_answers_malformed_headers_and_the_next_request(
    nats_server: NatsServer,
) -> None:
    asked = service()

    async def ask_twice(nc: Client) -> list[bytes]:
        question = b'{"tea": "green"}'
        strange = await nc.request(asked.subject, question, headers={STRANGE: "1"}, timeout=60)
        return [strange.data, (await nc.request(asked.subject, question, timeout=60)).data]

    with running(answering(asked)):
        answers = on_nats(nats_server, ask_twice)
    assert [json.loads(answer)["minutes"] for answer in answers] == [3, 3]


def test_only_the_servers_own_status_header_is_kept() -> None:
    headers = {Header.STATUS.value: "any", "tea": "green"}
    nc = PatchedClient()
    kept = nc._build_message(1, b"teas.brewed", b"$JS.ACK.TEAS", b"", headers)
    direct = nc._build_message(1, b"_INBOX.1", b"", b"", headers)
    assert (kept.headers, direct.headers) == ({"tea": "green"}, headers)


class Reader:
    """Takes the client's place and records what the parser has read."""

    def __init__(self) -> None:
        self.read: list[tuple[bytes, bytes, bytes, bytes | None]] = []
        self.pongs = 0

    async def _process_msg(
        self, _: int, subject: bytes, reply: bytes, data: bytes, headers: bytes | None
    ) -> None:
        self.read.append((subject, reply, data, headers))

    async def _process_pong(self) -> None:
        self.pongs += 1


def _read(*pieces: bytes) -> Reader:
    reader = Reader()
    parser = Parser(reader)

    async def feed() -> None:
        for piece in pieces:
            await parser.parse(piece)

    asyncio.run(feed())
    return reader


@quick(300)
@given(
    parts=some.lists(
        some.sampled_from(
            [
                b"MSG teas.brewed 1 3\r\nhot\r\n",
                b"MSG teas.brewed 1 a.reply 0\r\n\r\n",
                b"HMSG teas.brewed 1 a.reply 24 26\r\nNATS/1.0\r\ntea: green\r\n\r\n\r\n\r\n",
                b"PONG\r\n",
                b"+OK\r\n",
            ]
        ),
        max_size=5,
    ),
    cuts=some.lists(some.integers(0, 200), max_size=6),
)
def test_a_message_in_pieces_is_read_like_a_whole_one(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(parts)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(places)]
    at_once, in_pieces = _read(stream), _read(*pieces)
    by_byte = _read(*(bytes([each]) for each in stream))
    assert at_once.read == in_pieces.read == by_byte.read
    assert len(at_once.read) + at_once.pongs + parts.count(b"+OK\r\n") == len(parts)


@quick(300)
@given(subject=NAMES, reply=NAMES | some.just(b""))
def test_messages_with_any_subject_and_reply_are_read(subject: bytes, reply: bytes) -> None:
    names = b" ".join(filter(None, [subject, b"1", reply]))
    headers = b"NATS/1.0\r\n\r\n"
    reader = _read(
        b"MSG " + names + b" 1\r\n?\r\n",
        b"HMSG " + names + b" 12 13\r\n" + headers + b"?\r\n",
        b"MSG teas.next 1 1\r\n!\r\n",
    )
    assert reader.read == [
        (subject, reply, b"?", None),
        (subject, reply, b"?", headers),
        (b"teas.next", b"", b"!", None),
    ]


@quick(300)
@given(name=NAMES)
def test_any_subject_is_passed_on_as_text(name: bytes) -> None:
    async def hand_on() -> Msg:
        nc = PatchedClient()
        received: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        nc._subs[1] = Subscription(nc, 1, future=received)
        await nc._process_msg(1, name, name, b"?", b"")
        return await received

    message = asyncio.run(hand_on())
    assert message.subject == message.reply == name.decode("utf-8", "backslashreplace")
