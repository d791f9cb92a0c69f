"""Reading a stream again, on a real nats-server."""

import uuid
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from nats.aio.client import Client

from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import BrokerAway
from apps.messaging.events.streams import Consumer
from apps.messaging.message import REDRIVE_FOR
from apps.messaging.recovery import stream_reading
from apps.messaging.recovery.redrive import drop
from apps.messaging.recovery.replay import Replay
from tests.messaging.support.brokers import (
    forget,
    on_nats,
    provision,
    publish,
    publish_raw,
    unsettled,
)
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TEAS, make_consumer, make_headers
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("teas_stream")]

DRINKER = make_consumer(print, all_subjects=True)


@pytest.fixture
def durable() -> Consumer:
    return DRINKER


def fill(server: NatsServer, *cups: int) -> None:
    for each in cups:
        publish(server, cups=each)


def cups_of(replay: Replay) -> list[int]:
    return [each.event.cups for batch in replay.read() for each in batch]


def stored_at(server: NatsServer, sequence: int) -> datetime:
    message = on_nats(server, lambda nc: nc.jetstream().get_msg(TEAS.name, sequence))
    assert message.time
    return message.time


def consumers(server: NatsServer) -> int:
    async def ask(nc: Client) -> int:
        return (await nc.jetstream().stream_info(TEAS.name)).state.consumer_count

    return on_nats(server, ask)


def test_a_replay_reads_the_whole_stream_in_order(nats_server: NatsServer) -> None:
    fill(nats_server, 3, 1, 2)
    with patch.object(stream_reading, "BATCH", 2):
        replay = Replay(DRINKER, from_sequence=1)
        assert cups_of(replay) == [3, 1, 2]
    assert (replay.first_sequence, replay.last_sequence, replay.messages) == (1, 3, 3)


def test_a_replay_can_begin_at_a_sequence(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2, 3)
    assert cups_of(Replay(DRINKER, from_sequence=2)) == [2, 3]


def test_a_replay_can_begin_at_a_time(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2, 3)
    assert cups_of(Replay(DRINKER, since=stored_at(nats_server, 3))) == [3]


def test_a_second_read_yields_only_newer_events(nats_server: NatsServer) -> None:
    fill(nats_server, 1)
    replay = Replay(DRINKER, from_sequence=1)
    assert [cups_of(replay), cups_of(replay)] == [[1], []]
    fill(nats_server, 2)
    assert cups_of(replay) == [2]


def test_a_count_that_lags_behind_the_stream_hides_no_event(
    nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event is acknowledged some milliseconds before each consumer has counted it."""
    counted: dict[str, int] = {}

    async def pending(nc: Client, stream: str, name: str) -> int:
        if name not in counted:
            counted[name] = await count(nc, stream, name)
        return counted[name]

    count = stream_reading._pending
    replay = Replay(DRINKER, from_sequence=1)
    assert cups_of(replay) == []
    monkeypatch.setattr(stream_reading, "_pending", pending)
    for cups in (1, 2, 3):
        replay.pending()
        fill(nats_server, cups)
        assert cups_of(replay) == [cups]


def subscriptions() -> int:
    async def count(nc: Client) -> int:
        return len(nc._subs)

    return nats_for_threads.call(count, timeout=60)


def test_a_replay_leaves_no_subscription_behind(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2, 3)
    assert Replay(DRINKER).pending() == 3
    before = subscriptions()
    with patch.object(stream_reading, "BATCH", 2):
        assert cups_of(Replay(DRINKER)) == [1, 2, 3]
        assert subscriptions() == before
        abandoned = Replay(DRINKER).read()
        next(abandoned)
        assert subscriptions() == before + 1
        del abandoned
        eventually(lambda: subscriptions() == before)


def test_an_event_stored_twice_or_redriven_counts_once(nats_server: NatsServer) -> None:
    same = {"ce-id": str(uuid.uuid4())}
    for headers in (same, same, same | {REDRIVE_FOR: "drinker"}):
        publish(nats_server, cups=1, headers=headers)
    replay = Replay(DRINKER, from_sequence=1)
    assert cups_of(replay) == [1]
    assert replay.duplicates == 2


def test_events_of_two_sources_with_one_id_both_count(nats_server: NatsServer) -> None:
    for cups, source in enumerate(("/till", "/bar", "/till")):
        publish(nats_server, cups=cups, headers={"ce-id": "42", "ce-source": source})
    assert cups_of(Replay(DRINKER, from_sequence=1)) == [0, 1]


def test_a_replay_skips_foreign_messages(nats_server: NatsServer) -> None:
    publish_raw(nats_server, b"no json", make_headers())
    publish_raw(nats_server, b'{"cups": 1}')
    fill(nats_server, 2)
    replay = Replay(DRINKER, from_sequence=1)
    assert cups_of(replay) == [2]
    assert replay.foreign == 2


def test_a_replay_skips_a_dropped_event(nats_server: NatsServer) -> None:
    headers = make_headers(id="dropped")
    publish(nats_server, cups=1, headers=headers)
    publish(nats_server, cups=2)
    drop(id=bury(message_id="dropped", headers=headers, body='{"cups": 1}').pk)
    assert cups_of(Replay(DRINKER, from_sequence=1)) == [2]


def test_a_replay_does_not_change_the_live_durable(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2)
    cups_of(Replay(DRINKER, from_sequence=1))
    assert unsettled(nats_server) == 2


def test_the_server_soon_removes_the_replays_consumer(nats_server: NatsServer) -> None:
    Replay(DRINKER, from_sequence=1)
    assert consumers(nats_server) == 2, "for a minute"
    with patch.object(stream_reading, "FORGOTTEN_AFTER_SECONDS", 0.3):
        replay = Replay(DRINKER, from_sequence=1)
    eventually(lambda: consumers(nats_server) == 2)
    with pytest.raises(BrokerAway):
        cups_of(replay)


def test_a_replay_from_the_first_message_has_no_gap(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2)
    replay = Replay(DRINKER, from_sequence=1)
    cups_of(replay)
    assert replay.gapless_after is None


def test_the_range_is_gapless_after_the_message_before_it(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2, 3)
    replay = Replay(DRINKER, from_sequence=3)
    cups_of(replay)
    assert replay.gapless_after == stored_at(nats_server, 2)


def test_a_replay_after_a_purge_is_gapless_after_its_first_message(nats_server: NatsServer) -> None:
    fill(nats_server, 1, 2, 3)
    on_nats(nats_server, lambda nc: nc.jetstream().purge_stream(TEAS.name, seq=3))
    replay = Replay(DRINKER, from_sequence=1)
    assert cups_of(replay) == [3]
    assert replay.gapless_after
    assert abs(replay.gapless_after - stored_at(nats_server, 3)) < timedelta(milliseconds=1)


def test_a_replay_past_the_end_of_the_stream_is_empty(nats_server: NatsServer) -> None:
    fill(nats_server, 1)
    assert cups_of(Replay(DRINKER, from_sequence=7)) == []


def test_a_replay_without_its_stream_fails_with_the_reason(nats_server: NatsServer) -> None:
    forget(nats_server)
    with pytest.raises(BrokerAway, match="stream not found"):
        Replay(DRINKER, from_sequence=1)
    provision(nats_server, DRINKER)
