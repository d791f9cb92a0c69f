"""A durable by hand on a real server: each answer, and what the server does after it."""

from datetime import timedelta
from typing import Any

import pytest

from apps.messaging.brokers.nats_for_once import NatsUser
from apps.messaging.by_hand.nats_messages import AckKind
from apps.messaging.by_hand.own_durable import DurableByHand, DurableGone, TakenEvent
from apps.messaging.errors import BrokerAway
from tests.messaging.support.brokers import forget, provision, publish, unsettled
from tests.messaging.support.events import TEAS, TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.waiting import eventually

LONG = timedelta(seconds=60)


@pytest.fixture
def server(nats_server: NatsServer) -> NatsServer:
    provision(nats_server, make_consumer(print))
    return nats_server


def durable(server: NatsServer, **changes: Any) -> DurableByHand:
    fields: dict[str, Any] = {
        "name": "by-hand-1",
        "stream": TEAS.name,
        "user": NatsUser(url=server.url, inbox_prefix="_INBOX_me"),
        "ack_wait": LONG,
        "max_ack_pending": 2,
        "unused_for": LONG,
    }
    made = DurableByHand(**(fields | changes))
    made.make(subject=TeaBrewed.subject, is_for_new_events=False)
    return made


def taken(hand: DurableByHand) -> TakenEvent:
    event = eventually(hand.take, what="an event comes")
    assert event
    return event


def attempt(hand: DurableByHand) -> int:
    return taken(hand).delivery.attempt


def test_an_event_is_taken_whole(server: NatsServer) -> None:
    publish(server, cups=3)
    delivery = taken(durable(server)).delivery
    assert (delivery.subject, delivery.body) == (TeaBrewed.subject, b'{"cups": 3}')
    assert delivery.headers["ce-subject"] == "pot-1"
    assert (delivery.consumer, delivery.attempt) == ("by-hand-1", 1)


def test_an_acknowledged_event_does_not_come_again(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "+ACK")
    state = hand.state()
    assert state
    assert (state.pending, state.ack_pending, state.ack_floor) == (0, 0, state.delivered)
    assert hand.take() is None


def test_a_terminated_event_does_not_come_again(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "+TERM")
    assert hand.take() is None


def test_an_event_that_was_given_back_is_attempt_two(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "-NAK")
    assert attempt(hand) == 2
    state = hand.state()
    assert state
    assert (state.ack_pending, state.redelivered) == (1, 1)


def test_an_event_given_back_for_later_comes_after_its_delay(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "-NAK", delay=timedelta(seconds=8))
    assert hand.take() is None
    assert attempt(hand) == 2


def test_an_event_whose_time_is_over_is_attempt_two(server: NatsServer) -> None:
    publish(server)
    hand = durable(server, ack_wait=timedelta(seconds=1))
    assert [attempt(hand), attempt(hand)] == [1, 2]


def test_the_old_answer_settles_the_new_delivery_too(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    first = taken(hand)
    hand.answer(first.answer_to, "-NAK")
    assert attempt(hand) == 2
    hand.answer(first.answer_to, "+ACK")
    state = hand.state()
    assert state
    assert state.ack_pending == 0


def test_progress_keeps_an_event_longer(server: NatsServer) -> None:
    publish(server)
    hand = durable(server, ack_wait=timedelta(seconds=8))
    first = taken(hand)
    for _ in range(9):  # Each take waits for a second.
        hand.answer(first.answer_to, "+WPI")
        assert hand.take() is None
    hand.answer(first.answer_to, "+ACK")


def test_only_so_many_are_delivered_before_one_is_settled(server: NatsServer) -> None:
    for cups in range(3):
        publish(server, cups=cups)
    hand = durable(server)
    first, _ = taken(hand), taken(hand)
    assert hand.take() is None
    hand.answer(first.answer_to, "+ACK")
    assert attempt(hand) == 1


def test_the_shops_durable_is_not_touched(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "+ACK")
    assert unsettled(server) == 1


def test_made_again_it_begins_again(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    hand.answer(taken(hand).answer_to, "+ACK")
    assert attempt(durable(server)) == 1


def test_one_for_new_events_skips_the_old(server: NatsServer) -> None:
    publish(server, cups=1)
    hand = durable(server)
    hand.make(subject="teas.>", is_for_new_events=True)
    publish(server, cups=2)
    assert taken(hand).delivery.body == b'{"cups": 2}'


def test_a_removed_durable_is_named(server: NatsServer) -> None:
    publish(server)
    hand = durable(server)
    answer_to = taken(hand).answer_to
    hand.remove()
    hand.remove()
    assert hand.state() is None
    with pytest.raises(DurableGone):
        hand.take()
    with pytest.raises(DurableGone):
        hand.answer(answer_to, "+ACK")


def test_a_missing_stream_is_reported(server: NatsServer) -> None:
    forget(server)
    with pytest.raises(BrokerAway, match="stream not found"):
        durable(server)


@pytest.mark.parametrize("kind", ["+ACK", "-NAK", "+TERM", "+WPI"])
def test_an_absent_server_is_reported(server: NatsServer, kind: AckKind) -> None:
    hand = durable(server)
    nowhere = NatsUser(url="nats://127.0.0.1:1", inbox_prefix="_INBOX")
    away = DurableByHand(**{**vars(hand), "user": nowhere})
    with pytest.raises(BrokerAway):
        away.answer("$JS.ACK.TEAS.by-hand-1.1.1.1.1.0", kind)
