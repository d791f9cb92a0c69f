"""Log lines of an outage: its beginning and its end, for any number of retries."""

import logging

import pytest

from apps.messaging.brokers.jetstream_pull import Pull
from apps.messaging.events.consumer import consuming
from apps.messaging.worker.outage import Outage
from tests.messaging.support.brokers import on_nats, provision
from tests.messaging.support.events import TEAS, make_consumer
from tests.support.logged import logged_by, messages_by
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

logger = logging.getLogger(__name__)


@pytest.fixture
def outage(caplog: pytest.LogCaptureFixture) -> Outage:
    caplog.set_level(logging.INFO)
    return Outage(logger, begun="away", ended="back", queue="cups")


def test_an_outage_is_logged_at_its_beginning_and_end(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.over()
    for _ in range(5):
        outage.met("no answer")
    outage.over()
    outage.over()
    assert messages_by(__name__, caplog) == ["away", "back"]
    begun, ended = (record.__dict__ for record in logged_by(__name__, caplog))
    assert (begun["queue"], begun["error"]) == ("cups", "no answer")
    assert (ended["queue"], ended["tries"]) == ("cups", 5)


def test_another_reason_or_another_outage_is_logged(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    for reason in ("no answer", "no answer", "refused"):
        outage.met(reason)
    outage.over()
    outage.met("refused")
    assert messages_by(__name__, caplog) == ["away", "away", "back", "away"]


@pytest.mark.django_db(transaction=True)
def test_a_retrying_consumer_logs_its_outage_once(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, logger="apps")
    consumer, tries, bind = make_consumer(print), [], Pull.bind

    async def counted(*args: object, **options: object) -> Pull:
        tries.append(1)
        return await bind(*args, **options)  # type: ignore[arg-type]

    provision(nats_server, consumer)
    monkeypatch.setattr(Pull, "bind", counted)
    with running(consuming(consumer)):
        on_nats(nats_server, lambda nc: nc.jetstream().delete_consumer(TEAS.name, consumer.durable))
        eventually(lambda: len(tries) >= 4, within=15, what="it has tried to bind again")
        provision(nats_server, consumer)
        eventually(lambda: "consumes again" in caplog.messages, within=10)
    assert caplog.messages.count("cannot consume, will bind again") <= 2  # Deleted, then not there.
