"""`manage.py provision` when something that exists cannot be changed to its declaration."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from nats.aio.client import Client
from nats.errors import ConnectionClosedError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StreamInfo
from pytest_django.fixtures import Settings

from apps.messaging.brokers.sqs import queue_url
from apps.messaging.events.streams import ADVISORIES, ADVISORY_DURABLE, Stream
from apps.messaging.jobs.job_queue import JobQueue
from apps.messaging.management import nats_provisioning
from apps.messaging.operations import provisioning
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import TEAS, make_consumer
from tests.messaging.support.jobs import CUPS
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer

HERE = "tests.messaging.management.test_provision"
POTS = Stream(name="POTS", subjects=("pots.>",), max_bytes=1024**2)
DRINKER = make_consumer(print)
NO_SUCH_NAME = JobQueue(name="cups and plates")

NOT_TEAS = """
no_auth_user: looker
authorization { users: [
  {user: looker, password: looker}
  {user: provision, password: secret, permissions: {publish: {deny: ["$JS.API.STREAM.INFO.TEAS"]}}}
] }
"""

SWITCHED_ON: list[dict[str, Any]] = [
    {"allow_msg_ttl": True},
    {"allow_msg_counter": True, "discard": DiscardPolicy.OLD},
    {"allow_msg_schedules": True, "discard": DiscardPolicy.OLD},
    {"deny_delete": True},
]
"""Options that an operator may switch on, and that the server never switches off again."""


@pytest.fixture(autouse=True)
def declared(nats_server: NatsServer, settings: Settings) -> Iterator[None]:
    settings.MESSAGING_STREAMS = [f"{HERE}.TEAS", f"{HERE}.POTS"]
    settings.MESSAGING_CONSUMERS = [f"{HERE}.DRINKER"]
    settings.MESSAGING_QUEUES = []
    yield
    nats_server.start()
    for stream in on_nats(nats_server, lambda nc: nc.jetstream().streams_info()):
        forget(nats_server, stream.config.name or "")


def make_teas(server: NatsServer, **switched_on: Any) -> None:
    config = TEAS.config().evolve(**switched_on)
    on_nats(server, lambda nc: nc.jetstream().add_stream(config))


def info(server: NatsServer, stream: str) -> StreamInfo:
    return on_nats(server, lambda nc: nc.jetstream().stream_info(stream))


def problems() -> list[str]:
    with pytest.raises(CommandError) as raised:
        call_command("provision", stdout=StringIO())
    assert raised.value.returncode == 1
    return str(raised.value).splitlines()


@pytest.mark.parametrize("switched_on", SWITCHED_ON, ids=lambda fields: next(iter(fields)))
def test_an_unchangeable_stream_is_one_line_and_blocks_no_other(
    nats_server: NatsServer, switched_on: dict[str, Any]
) -> None:
    make_teas(nats_server, **switched_on)
    (line,) = problems()
    assert line.startswith("stream TEAS: ")
    assert "(10052); it stays as it was" in line
    assert "run provision again" in line
    assert info(nats_server, POTS.name).config.max_bytes == POTS.max_bytes
    assert info(nats_server, ADVISORIES).state.consumer_count == 1
    assert info(nats_server, TEAS.name).state.consumer_count == 1, (
        "its durable is there all the same"
    )


@pytest.fixture
def silent_for_teas(tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    """A server that does not answer `provision` about TEAS: a missing right gets no error reply."""
    server = NatsServer(folder=tmp_path, config=NOT_TEAS)
    settings.NATS_URL = server.url.replace("nats://", "nats://provision:secret@")
    server.start()
    yield server
    server.stop()


def test_a_stream_without_an_answer_is_named_and_blocks_no_other(
    silent_for_teas: NatsServer,
) -> None:
    output = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("provision", stdout=output)
    assert raised.value.returncode == 1
    stream, durable = str(raised.value).splitlines()
    assert stream.startswith("stream TEAS: it did not answer; look at")
    assert durable.startswith("durable drinker of TEAS: left as it was")
    assert info(silent_for_teas, POTS.name).config.max_bytes == POTS.max_bytes
    assert info(silent_for_teas, ADVISORIES).state.consumer_count == 1
    assert output.getvalue().strip().endswith(f": POTS, {ADVISORIES}, {ADVISORY_DURABLE}")


def test_provisioned_parts_are_listed_when_the_server_is_lost(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost connection is one line for the server, and no line for each remaining part."""
    make = provisioning._make_stream

    async def make_or_lose(jetstream: JetStreamContext, stream: Stream) -> None:
        if stream == POTS:
            raise ConnectionClosedError
        await make(jetstream, stream)

    monkeypatch.setattr(provisioning, "_make_stream", make_or_lose)
    output = StringIO()
    with pytest.raises(CommandError, match=r"^NATS 127.*run provision again$"):
        call_command("provision", stdout=output)
    assert output.getvalue().strip().endswith(": TEAS")


def test_a_stream_with_overlapping_subjects_is_named(nats_server: NatsServer) -> None:
    """Its durable cannot be created either, and has its own line."""
    in_the_way = TEAS.config().evolve(name="OTHER")
    on_nats(nats_server, lambda nc: nc.jetstream().add_stream(in_the_way))
    stream, durable = problems()
    assert stream.startswith("stream TEAS: subjects overlap")
    assert durable.startswith("durable drinker of TEAS: stream not found")


def test_an_unchangeable_durable_is_one_line(nats_server: NatsServer) -> None:
    make_teas(nats_server)
    config = ConsumerConfig(
        durable_name=DRINKER.durable,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.NEW,
    )

    async def make(nc: Client) -> None:
        await nc.jetstream().add_consumer(TEAS.name, config)

    on_nats(nats_server, make)
    (line,) = problems()
    assert line.startswith("durable drinker of TEAS: deliver policy can not be updated (10012)")
    assert info(nats_server, ADVISORIES).state.consumer_count == 1


def test_a_queue_that_cannot_be_created_blocks_no_other(
    sqs_server: MotoServer, settings: Settings
) -> None:
    settings.MESSAGING_QUEUES = [f"{HERE}.NO_SUCH_NAME", f"{HERE}.CUPS"]
    (line,) = problems()
    assert line.startswith("queue cups and plates: ")
    assert queue_url(CUPS.name)


def test_queues_are_created_while_nats_is_away(
    sqs_server: MotoServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_provisioning, "PATIENCE_SECONDS", 1.0)
    settings.MESSAGING_QUEUES = [f"{HERE}.CUPS"]
    settings.NATS_URL = "nats://somebody:secret@127.0.0.1:9"
    (line,) = problems()
    assert line.startswith("NATS 127.0.0.1:9: ")
    assert "secret" not in line
    assert queue_url(CUPS.name)
