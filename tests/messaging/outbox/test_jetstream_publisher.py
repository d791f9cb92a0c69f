"""An event that is not stored is rejected if it is at fault itself, and postponed otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from nats.js.api import StreamConfig

from apps.messaging.brokers.jetstream_fixes import PatchedJetStream
from apps.messaging.brokers.nats_py_fixes import PatchedClient
from apps.messaging.errors import MessageUnreadable
from apps.messaging.operations.provisioning import add_stream
from apps.messaging.outbox import rows
from apps.messaging.outbox.jetstream_publisher import publish_to_jetstream
from apps.messaging.outbox.rows import Claimed, DestinationAway, Outcome, Rejected, Sent
from tests.messaging.support.brokers import forget, on_nats
from tests.messaging.support.events import TEAS
from tests.messaging.support.rows import make_claimed
from tests.support.nats_server import NatsServer

LARGEST = 200
GOOD = make_claimed(id=0)


@pytest.fixture(autouse=True)
def no_stream_is_left(nats_server: NatsServer) -> Iterator[None]:
    yield
    forget(nats_server)


def outcomes_of(server: NatsServer, *rows: Claimed, **stream: Any) -> list[Outcome]:
    async def publish(nc: PatchedClient) -> list[Outcome]:
        config = TEAS.config().evolve(max_msg_size=LARGEST, **stream)
        await add_stream(nc.jetstream(), config)
        numbered = [replace(row, id=id, key=str(id)) for id, row in enumerate(rows)]
        found = await publish_to_jetstream(nc, PatchedJetStream(nc), numbered)
        return [found[row.id] for row in numbered]

    return on_nats(server, publish)


NEVER = {
    "over the stream's limit": (replace(GOOD, body="x" * LARGEST), "size exceeds"),
    "expects what is not so": (
        replace(GOOD, headers='{"Nats-Expected-Last-Sequence": "7"}'),
        "wrong last sequence",
    ),
    "for another stream": (replace(GOOD, headers='{"Nats-Expected-Stream": "CUPS"}'), "expected"),
    "to end by itself": (replace(GOOD, headers='{"Nats-TTL": "1h"}'), "TTL is disabled"),
    "no subject": (replace(GOOD, destination="teas brewed"), "invalid subject"),
    "no header": (replace(GOOD, headers='{"a name": "1"}'), "invalid header"),
    "over the server's limit": (replace(GOOD, body="x" * 1_048_577), "max_payload"),
    "no text": (replace(GOOD, body='"\ud800"'), "surrogates"),
    "headers of another kind": (replace(GOOD, headers='{"a": 1}'), "no object of texts"),
    "headers that are no JSON": (replace(GOOD, headers="{"), "no JSON"),
}


@pytest.mark.parametrize(("row", "reason"), NEVER.values(), ids=NEVER.keys())
def test_an_unstorable_message_is_rejected_and_the_next_is_stored(
    nats_server: NatsServer, row: Claimed, reason: str
) -> None:
    rejected, sent = outcomes_of(nats_server, row, GOOD)
    assert isinstance(rejected, Rejected)
    assert reason in rejected.error
    assert isinstance(sent, Sent)


def test_headers_nested_too_deeply_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(_: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(rows, "json", SimpleNamespace(loads=too_deep))
    with pytest.raises(MessageUnreadable, match="no JSON: too deep"):
        GOOD.named_headers()


LATER: dict[str, tuple[dict[str, Any], str]] = {
    "full": ({"max_bytes": 80}, "maximum bytes exceeded"),
    "elsewhere": ({"subjects": ["coffees.>"]}, "no stream takes this subject"),
}


@pytest.mark.parametrize(("stream", "reason"), LATER.values(), ids=LATER.keys())
def test_a_message_that_the_stream_rejects_temporarily_is_postponed(
    nats_server: NatsServer, stream: dict[str, Any], reason: str
) -> None:
    (postponed,) = outcomes_of(nats_server, GOOD, **stream)
    assert isinstance(postponed, DestinationAway)
    assert reason in postponed.error


def test_a_sealed_stream_is_an_absent_destination(nats_server: NatsServer) -> None:
    async def publish(nc: PatchedClient) -> Outcome:
        config: StreamConfig = TEAS.config()
        await add_stream(nc.jetstream(), config)
        await nc.jetstream().update_stream(config.evolve(sealed=True))
        return (await publish_to_jetstream(nc, PatchedJetStream(nc), [GOOD]))[GOOD.id]

    outcome = on_nats(nats_server, publish)
    assert isinstance(outcome, DestinationAway)
    assert "sealed" in outcome.error
