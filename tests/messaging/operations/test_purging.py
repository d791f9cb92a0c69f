"""Purging streams and queues, on real brokers."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.sqs import client
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import Stream
from apps.messaging.jobs.job_queue import counts, provision
from apps.messaging.operations import purging
from apps.messaging.operations.provisioning import provision_jetstream
from apps.messaging.operations.purging import purge_queue, purge_streams
from tests.messaging.support.events import TEAS
from tests.messaging.support.jobs import CUPS, receive_one, send
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer


def stored() -> int:
    async def ask(nc: Any) -> int:
        return int((await nc.jetstream().stream_info(TEAS.name)).state.messages)

    return nats_for_threads.call(ask, timeout=60)


def test_a_stream_is_purged(nats_server: NatsServer) -> None:
    make = partial(provision_jetstream, streams=[TEAS], consumers=[])
    nats_for_threads.call(make, timeout=60)
    nats_for_threads.call(lambda nc: nc.jetstream().publish("teas.brewed", b"{}"), timeout=60)
    assert stored() >= 1
    purge_streams([TEAS], url=nats_server.url, inbox_prefix="_INBOX_x")
    assert stored() == 0


def test_purging_a_missing_stream_succeeds(nats_server: NatsServer) -> None:
    nothing = Stream(name="NOTHING", subjects=("nothing",))
    purge_streams([nothing], url=nats_server.url, inbox_prefix="_INBOX")


def test_an_absent_nats_server_is_reported() -> None:
    with pytest.raises(BrokerAway):
        purge_streams([TEAS], url="nats://127.0.0.1:1", inbox_prefix="_INBOX")


def test_a_wrong_password_is_reported(tmp_path: Path) -> None:
    users = "authorization { users: [{user: tea, password: leaf}] }"
    server = NatsServer(folder=tmp_path, config=users)
    server.start()
    url = server.url.replace("//", "//tea:root@")
    try:
        with pytest.raises(BrokerAway, match="Authorization Violation"):
            purge_streams([TEAS], url=url, inbox_prefix="_INBOX")
    finally:
        server.stop()


def test_a_purge_deletes_visible_and_in_flight_messages(sqs_server: MotoServer) -> None:
    provision(CUPS)
    send("1")
    receive_one()
    send("2", "3")
    assert counts(CUPS) == {"visible": 2, "in_flight": 1}
    purge_queue(CUPS)
    assert counts(CUPS) == {"visible": 0, "in_flight": 0}


def test_a_second_purge_within_a_minute_drains_instead(
    sqs_server: MotoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reject(**_: str) -> None:
        error = {"Error": {"Code": "AWS.SimpleQueueService.PurgeQueueInProgress", "Message": ""}}
        raise ClientError(error, "PurgeQueue")  # type: ignore[arg-type]

    provision(CUPS)
    send(*(str(number) for number in range(23)))
    monkeypatch.setattr(client(), "purge_queue", reject)
    assert purge_queue(CUPS) == 23
    assert counts(CUPS)["visible"] == 0


def test_another_rejection_of_a_purge_is_an_error(
    sqs_server: MotoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reject(**_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "PurgeQueue")

    provision(CUPS)
    monkeypatch.setattr(client(), "purge_queue", reject)
    with pytest.raises(BrokerAway):
        purging.purge_queue(CUPS)
