"""Reports of the probes, and their times, while a part of the shop is silent, away or degraded."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from nats.aio.client import Client as NatsClient
from pytest_django.fixtures import Settings

from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import BrokerAway
from apps.messaging.jobs import job_queue
from apps.messaging.models import WorkerInstance
from apps.messaging.names import PREFIX
from apps.messaging.operations import status
from apps.messaging.worker import heartbeat
from apps.messaging.worker.bounded_wait import Probe
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import make_consumer
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.silent import silent_server, stopped
from tests.support.waiting import at_most, eventually

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 3.0
DRINKER = make_consumer(print)
NO_JETSTREAM = "accounts: {A: {users: [{user: a, password: b}]}}\nno_auth_user: a\n"


@pytest.fixture(autouse=True)
def fresh_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe of an earlier test may still wait for a server that has ended."""
    monkeypatch.setattr(status, "_TABLES", Probe(status._tables))
    monkeypatch.setattr(status, "_DATABASE", Probe(status._database))
    monkeypatch.setattr(status, "_NATS", Probe(status._nats))
    status._probe_of_queue.cache_clear()


@pytest.fixture(autouse=True)
def declared(settings: Settings) -> None:
    settings.MESSAGING_STREAMS = ["tests.messaging.support.events.TEAS"]
    settings.MESSAGING_CONSUMERS = [f"{__name__}.DRINKER"]
    settings.MESSAGING_QUEUES = ["tests.messaging.support.jobs.CUPS"]
    settings.WORKERS = ["drinker", "washer"]


@pytest.fixture
def servers(nats_server: NatsServer, sqs_server: MotoServer) -> Iterator[None]:
    """Both, with all that is declared."""
    call_command("provision", stdout=StringIO())
    yield
    forget(nats_server)


@pytest.fixture
def silent_sqs(nats_server: NatsServer, settings: Settings) -> Iterator[None]:
    with silent_server() as port:
        settings.AWS_ENDPOINT_URL = f"http://127.0.0.1:{port}"
        nats_for_threads.connect(timeout=60)  # The second of a probe is for its questions alone.
        yield


@pytest.fixture
def silent_nats(sqs_server: MotoServer, settings: Settings) -> Iterator[None]:
    nats_for_threads.close()
    with silent_server() as port:
        settings.NATS_URL = f"nats://127.0.0.1:{port}"
        yield
        nats_for_threads.close()


def soon(ask: Callable[[], Any]) -> Any:
    began = time.monotonic()
    answer = ask()
    assert time.monotonic() - began < at_most(SOON)
    return answer


@pytest.mark.usefixtures("servers")
def test_only_workers_are_missing_when_all_else_runs(client: Client) -> None:
    answer = client.get("/readyz/all")
    assert answer.json()["problems"] == {"workers": "drinker, washer"}
    assert client.get("/readyz").json() == {"ready": True}
    assert client.get("/api/status").json()["problems"] == {}


@pytest.mark.usefixtures("nats_server", "sqs_server")
@pytest.mark.one_database
def test_a_queue_that_is_not_provisioned_is_named(client: Client) -> None:
    assert "does not exist" in client.get("/readyz/all").json()["problems"]["sqs"]


@pytest.mark.usefixtures("user_times")
@pytest.mark.parametrize(("silent", "part"), [("silent_sqs", "sqs"), ("silent_nats", "nats")])
def test_a_silent_part_is_reported_soon_along_with_the_others(
    client: Client, request: pytest.FixtureRequest, silent: str, part: str
) -> None:
    request.getfixturevalue(silent)
    assert soon(lambda: client.get("/readyz")).status_code == 200
    unready = soon(lambda: client.get("/readyz/all"))
    assert (unready.status_code, part in unready.json()["problems"]) == (503, True)
    wanted = {part} | ({"sqs"} if part == "nats" else set())

    def shown() -> dict[str, Any]:
        """Return the status with no other problem; on a busy machine another part may be late."""
        said: dict[str, Any] = soon(lambda: client.get("/api/status")).json()
        assert part in said["problems"]
        return said if set(said["problems"]) == wanted else {}

    assert eventually(shown)["outbox"] == {
        "unsent": 0,
        "oldest_age": 0.0,
        "held": [],
        "kept": 0,
        "kept_for": [],
    }

    def scraped() -> bool:
        figures = soon(lambda: client.get("/metrics")).text
        assert f'{PREFIX}_part_answers{{part="{part}"}} 0.0' in figures
        return (
            f'{PREFIX}_part_answers{{part="database"}} 1.0' in figures
            and f"{PREFIX}_outbox_unsent 0.0" in figures
        )

    eventually(scraped)


@pytest.mark.usefixtures("servers")
@pytest.mark.one_database
def test_a_server_stopped_while_connected_is_reported_soon(
    client: Client,
    nats_server: NatsServer,
    sqs_server: MotoServer,
    request: pytest.FixtureRequest,
) -> None:
    assert client.get("/api/status").json()["problems"] == {}
    request.getfixturevalue("user_times")
    assert nats_server.process
    assert sqs_server.process
    with stopped(nats_server.process.pid), stopped(sqs_server.process.pid):
        for path in ("/readyz", "/readyz/all", "/api/status", "/metrics"):
            assert soon(partial(client.get, path)).status_code in (200, 503), path
        shown = client.get("/readyz/all").json()["problems"]
        assert shown["nats"] == "no answer within 1 s"
        assert "sqs" in shown


@pytest.mark.usefixtures("servers")
def test_a_silent_part_is_waited_for_as_long_as_is_set(
    client: Client, nats_server: NatsServer, settings: Settings
) -> None:
    assert client.get("/api/status").json()["problems"] == {}
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, probe=0.3)
    assert nats_server.process
    with stopped(nats_server.process.pid):
        for path in ("/readyz/all", "/api/status"):
            assert client.get(path).json()["problems"]["nats"] == "no answer within 0.3 s"


@pytest.mark.usefixtures("sqs_server")
@pytest.mark.one_database
def test_a_nats_server_without_jetstream_is_reported_as_such(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    server = NatsServer(folder=tmp_path, config=NO_JETSTREAM)
    server.start()
    settings.NATS_URL = server.url
    nats_for_threads.close()
    try:
        for path in ("/metrics", "/api/status"):
            assert client.get(path).status_code == 200
        problem = client.get("/readyz/all").json()["problems"]["nats"]
        assert problem.startswith("the server answers, its JetStream does not")
    finally:
        nats_for_threads.close()
        server.stop()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server")
@pytest.mark.usefixtures("servers", "user_times")
def test_a_silent_database_makes_web_unready_and_is_named(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent_server() as port:
        monkeypatch.setitem(connection.settings_dict, "PORT", port)
        connection.close()
        unready = soon(lambda: client.get("/readyz"))
        assert (unready.status_code, set(unready.json()["problems"])) == (503, {"database"})
        shown = soon(lambda: client.get("/api/status"))
        assert (shown.status_code, set(shown.json()["problems"])) == (200, {"database"})
        assert shown.json()["streams"]
        assert (
            f'{PREFIX}_part_answers{{part="database"}} 0.0'
            in soon(lambda: client.get("/metrics")).text
        )


@pytest.mark.usefixtures("silent_sqs")
@pytest.mark.one_database
def test_counting_a_silent_queue_fails_soon() -> None:
    with pytest.raises(BrokerAway):
        soon(lambda: job_queue.counts(job_queue.JobQueue(name="cups")))


@pytest.mark.usefixtures("servers")
@pytest.mark.one_database
def test_a_consumer_paused_at_the_server_is_a_warning(
    client: Client, nats_server: NatsServer
) -> None:
    """Nothing else shows it: its worker is healthy, and only its backlog grows."""
    later = (timezone.now() + timedelta(hours=1)).isoformat()

    async def pause(nc: NatsClient) -> None:
        await nc.jsm().pause_consumer("TEAS", "drinker", later)

    on_nats(nats_server, pause)
    shown = client.get("/api/status").json()
    assert [each["name"] for each in shown["consumers"] if each["paused"]] == ["drinker"]
    (warning,) = shown["warnings"]
    assert warning.endswith("gets no event: nats consumer resume TEAS drinker")


@pytest.mark.one_database
def test_a_paused_consumer_shows_in_status_metrics_and_readiness(client: Client) -> None:
    now = timezone.now()
    WorkerInstance.objects.create(
        name="drinker",
        instance="1",
        pid=1,
        started_at=now,
        seen_at=now,
        last_step_at=now,
        is_ready=True,
        pause_reason="teas.brewed: ConnectionError",
    )
    (shown,) = [each for each in status.workers() if each["name"] == "drinker"]
    assert (shown["ready"], shown["paused"]) == (1, 1)
    assert shown["pause_reason"] == "teas.brewed: ConnectionError"
    paused = f'{PREFIX}_worker_paused{{name="drinker"}} 1.0'
    # On a busy machine the database may not answer within the second that a scrape waits for it.
    eventually(lambda: paused in client.get("/metrics").text, what="the scrape has it")
    assert "drinker" in heartbeat.missing_workers()
