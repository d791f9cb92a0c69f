"""The dead letter collector with the rights of `deploy/nats.conf`, and with one right too few."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig
from pytest_django.fixtures import Settings

from apps.messaging.events.streams import (
    ADVISORIES,
    ADVISORY_DURABLE,
    Stream,
    advisories_about,
    declared_streams,
)
from apps.messaging.models import DeadLetter
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.recovery.collector import collecting
from tests.deploy.nats_users import CONFIG, inbox_of, on_nats_as, shop_nats, url_of
from tests.messaging.support.brokers import unsettled_of
from tests.support.logged import logged_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

# A user of the same account who may do everything.
SHIPPED = CONFIG.replace("users: [", "users: [{user: other, password: secret-of-other}", 1)
WITHOUT_LAB = SHIPPED.replace('"lab.alive", "$JS.API.STREAM.MSG.GET.LAB",', '"lab.alive",', 1)
ADVISED = "apps.messaging.recovery.advisories"
FOREIGN = Stream(name="OTHER", subjects=("other.>",), max_bytes=1024**2)
OF_ALL_STREAMS = replace(
    advisories_about([]), subjects=("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",)
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


@pytest.fixture
def config() -> str:
    return SHIPPED


@pytest.fixture
def server(config: str, tmp_path: Path, settings: Settings) -> Iterator[NatsServer]:
    """The shop's server with a foreign stream, and advisories of all, as older versions had it."""
    settings.MESSAGING_QUEUES = []
    with shop_nats(tmp_path, config) as server:
        provision(server, *declared_streams()[:-1], FOREIGN, OF_ALL_STREAMS)
        settings.NATS_URL = url_of(server, ADVISORY_DURABLE)
        settings.NATS_INBOX_PREFIX = inbox_of(ADVISORY_DURABLE)
        yield server


def provision(server: NatsServer, *streams: Stream) -> None:
    make = partial(provision_jetstream, streams=[*streams], consumers=[])
    assert on_nats_as(server, "other", make) == (None, [])


def give_up(server: NatsServer, stream: str, subject: str) -> None:
    """Let a consumer with one delivery leave a message without an acknowledgement."""

    async def work(nc: Client) -> None:
        jetstream = nc.jetstream()
        await jetstream.publish(subject, b"{}")
        config = ConsumerConfig(
            durable_name="once", ack_policy=AckPolicy.EXPLICIT, ack_wait=0.1, max_deliver=1
        )
        await jetstream.add_consumer(stream, config)
        pull = await jetstream.pull_subscribe_bind("once", stream)
        await pull.fetch(1, timeout=60)

    known = advisories(server)
    on_nats_as(server, "other", work)
    if is_advised(server, stream):
        eventually(lambda: advisories(server) == known + 1, what=f"an advisory about {stream}")


def advisories(server: NatsServer) -> int:
    info, _ = on_nats_as(server, "other", lambda nc: nc.jetstream().stream_info(ADVISORIES))
    return info.state.messages


def is_advised(server: NatsServer, stream: str) -> bool:
    info, _ = on_nats_as(server, "other", lambda nc: nc.jetstream().stream_info(ADVISORIES))
    return any(each.endswith((".>", f".{stream}.*")) for each in info.config.subjects or [])


def unsettled(server: NatsServer) -> int:
    found, _ = on_nats_as(
        server, "other", lambda nc: unsettled_of(nc, ADVISORIES, ADVISORY_DURABLE)
    )
    return found


def test_an_advisory_about_a_foreign_stream_is_logged_and_settled(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    give_up(server, "OTHER", "other.thing")
    give_up(server, "ORDERS", "orders.placed")
    with running(collecting) as worker:
        eventually(DeadLetter.objects.exists, what="the dead letter of ORDERS")
        eventually(lambda: unsettled(server) == 0, what="both advisories are settled")
        assert worker.is_ready
    assert DeadLetter.objects.get().destination == "orders.placed"
    (line,) = logged_by(ADVISED, caplog)
    assert line.error == "OTHER is no stream of MESSAGING_STREAMS"  # type: ignore[attr-defined]


def test_a_message_of_each_declared_stream_may_be_fetched(server: NatsServer) -> None:
    give_up(server, "ORDERS", "orders.placed")
    give_up(server, "LAB", "lab.kept.note")
    with running(collecting):
        eventually(lambda: DeadLetter.objects.count() == 2)


def test_provisioning_leaves_the_advisories_of_foreign_streams_out(server: NatsServer) -> None:
    provision(server, *declared_streams())
    give_up(server, "OTHER", "other.thing")
    give_up(server, "ORDERS", "orders.placed")
    assert advisories(server) == 1


@pytest.mark.parametrize("config", [WITHOUT_LAB], ids=["without a right"])
def test_an_advisory_whose_message_may_not_be_fetched_blocks_no_other(
    server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    """It is kept, for an operator who adds the right."""
    give_up(server, "LAB", "lab.kept.note")
    give_up(server, "ORDERS", "orders.placed")
    with running(collecting) as worker:
        eventually(DeadLetter.objects.exists, within=15, what="the dead letter of ORDERS")
        assert worker.is_ready
        assert unsettled(server) == 1
    (line,) = logged_by(ADVISED, caplog)
    assert line.message == "not collected yet"
    assert "STREAM.MSG.GET" in line.error  # type: ignore[attr-defined]
