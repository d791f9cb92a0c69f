"""What `manage.py doctor` says of NATS: a real server that hangs, lacks something, or differs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from nats.aio.client import Client
from nats.js.api import ConsumerConfig
from pytest_django.fixtures import Settings

from apps.messaging.finding import Finding
from apps.messaging.operations import clock_difference, examined_nats
from tests.messaging.support.brokers import on_nats
from tests.messaging.support.events import TEAS, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.silent import stopped
from tests.support.waiting import at_most

HERE = "tests.messaging.operations.test_examined_nats"
DRINKER = make_consumer(print)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine makes a server that works slower than a person would wait."""
    monkeypatch.setattr(examined_nats, "STEP_SECONDS", at_most(2.0))


@pytest.fixture
def impatient(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing answers, be as quick as a person's command is."""
    monkeypatch.setattr(examined_nats, "STEP_SECONDS", 2.0)


@pytest.fixture(autouse=True)
def declared(settings: Settings) -> None:
    settings.MESSAGING_STREAMS = [f"{HERE}.TEAS"]
    settings.MESSAGING_CONSUMERS = [f"{HERE}.DRINKER"]


@pytest.fixture
def provisioned(nats_server: NatsServer) -> NatsServer:
    call_command("provision", "--only=nats", stdout=StringIO())
    return nats_server


def broken() -> dict[str, Finding]:
    return {each.name: each for each in examined_nats.findings() if each.state == "broken"}


def test_what_is_provisioned_as_declared_is_well(provisioned: NatsServer) -> None:
    found = {each.name: each for each in examined_nats.findings()}
    assert {each.state for each in found.values()} == {"ok"}
    assert found["jetstream"].seen == "2 streams and 2 durables are as declared"
    assert found["clock"].seen == "agrees with that of NATS"


@pytest.mark.usefixtures("impatient")
def test_a_server_that_hangs_is_one_finding(provisioned: NatsServer) -> None:
    assert provisioned.process
    with stopped(provisioned.process.pid):
        found = examined_nats.findings()
    assert [(each.name, each.state) for each in found] == [("nats", "broken")]
    assert f"no answer within {examined_nats.STEP_SECONDS:g} s" in found[0].seen


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_away_is_named_without_its_password(settings: Settings) -> None:
    port = free_port()
    settings.NATS_URL = f"nats://web:secret@127.0.0.1:{port}"
    (found,) = examined_nats.findings()
    assert found.state == "broken"
    assert f"nats://127.0.0.1:{port}" in found.seen
    assert "secret" not in str(found)


def test_a_missing_stream_and_its_durable_are_to_be_provisioned(nats_server: NatsServer) -> None:
    found = broken()
    assert found["stream TEAS"].seen == "is missing"
    assert found["durable drinker"].seen == "is missing"
    assert found["stream TEAS"].mend == "manage.py provision"


def test_a_changed_durable_is_named_with_its_fields(provisioned: NatsServer) -> None:
    async def change(nc: Client) -> None:
        config: ConsumerConfig = replace(DRINKER.config(), max_deliver=20, ack_wait=30.0)
        await nc.jetstream().add_consumer(TEAS.name, config)

    on_nats(provisioned, change)
    (found,) = broken().values()
    assert found.name == "durable drinker"
    assert found.seen == (
        "is not as declared: ack_wait is 30.0, not 10.0, max_deliver is 20, not -1"
    )
    assert found.mend == "manage.py provision"


def test_a_changed_stream_is_named_with_its_fields(provisioned: NatsServer) -> None:
    async def change(nc: Client) -> None:
        await nc.jetstream().update_stream(TEAS.config().evolve(max_bytes=4096))

    on_nats(provisioned, change)
    (found,) = broken().values()
    assert found.name == "stream TEAS"
    assert f"max_bytes is 4096, not {TEAS.max_bytes}" in found.seen


def test_other_subjects_of_a_durable_are_a_difference(provisioned: NatsServer) -> None:
    async def change(nc: Client) -> None:
        config = replace(DRINKER.config(), filter_subjects=["teas.spilt"])
        await nc.jetstream().add_consumer(TEAS.name, config)

    on_nats(provisioned, change)
    assert "filter_subjects is ['teas.spilt']" in broken()["durable drinker"].seen


def test_a_server_without_jetstream_is_named(tmp_path: Path, settings: Settings) -> None:
    server = NatsServer(folder=tmp_path, has_jetstream=False)
    server.start()
    try:
        settings.NATS_URL = server.url
        assert broken()["jetstream"].seen == "the server has none"
    finally:
        server.stop()


def test_a_wrong_clock_is_named_with_the_difference(
    provisioned: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = timedelta(minutes=3)
    monkeypatch.setattr(clock_difference, "now", lambda: datetime.now(UTC) - late)
    (found,) = [each for each in examined_nats.findings() if each.name == "clock"]
    assert found.state == "warning"
    assert "s behind that of NATS" in found.seen
    assert 170 < float(found.seen.split()[0]) < 180.5
