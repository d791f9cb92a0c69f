"""What a consumer of events measures, on a real nats-server: the figures that each event moves."""

import json

import pytest

from apps.messaging.errors import MessageUnreadable
from apps.messaging.events.consumer import consuming
from apps.messaging.events.streams import Consumer
from tests.messaging.support.brokers import provision, publish, publish_raw, unsettled
from tests.messaging.support.events import TeaBrewed, make_consumer, make_headers
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.scraped import scraped, until_grown
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)

HANDLED = {"consumer_lag_seconds_count{drinker}": 1.0}
CALLED = {"handler_duration_seconds_count{teas.brewed}": 1.0}


class Clumsy:
    """A handler that fails the first time."""

    def __init__(self) -> None:
        self.failures = 1

    def __call__(self, event: TeaBrewed) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("spilled")


def refuse(event: TeaBrewed) -> None:
    raise MessageUnreadable("no tea of ours")


def test_a_handled_event_has_a_lag_and_a_duration(
    nats_server: NatsServer, consumer: Consumer, metrics_port: int
) -> None:
    before = scraped(metrics_port)
    with running(consuming(consumer)):
        publish(nats_server)
        until_grown(metrics_port, before, HANDLED | CALLED)


def test_a_duplicate_is_counted_and_calls_no_handler(
    nats_server: NatsServer, consumer: Consumer, metrics_port: int
) -> None:
    with running(consuming(consumer)):
        publish(nats_server, headers={"ce-id": "the-same"})
        eventually(lambda: unsettled(nats_server) == 0)
        before = scraped(metrics_port)
        publish(nats_server, headers={"ce-id": "the-same"})
        until_grown(metrics_port, before, HANDLED | {"duplicates_total{drinker}": 1.0})


def test_a_failed_attempt_is_a_retry_and_then_a_redelivery_without_a_lag(
    teas_stream: NatsServer, metrics_port: int
) -> None:
    clumsy = make_consumer(Clumsy())
    provision(teas_stream, clumsy)
    before = scraped(metrics_port)
    with running(consuming(clumsy)):
        publish(teas_stream)
        until_grown(
            metrics_port,
            before,
            HANDLED
            | {"handler_duration_seconds_count{teas.brewed}": 2.0}
            | {"retries_total{drinker}": 1.0, "redeliveries_total{drinker}": 1.0},
        )


@pytest.mark.parametrize("body", [b"no json", json.dumps({"cups": 1}).encode()])
def test_a_dead_letter_is_counted_with_its_cause(
    teas_stream: NatsServer, metrics_port: int, body: bytes
) -> None:
    refusing = make_consumer(refuse)
    provision(teas_stream, refusing)
    before = scraped(metrics_port)
    with running(consuming(refusing)):
        publish_raw(teas_stream, body, make_headers())
        called = CALLED if body.startswith(b"{") else {}
        buried = {"buried_total{unreadable,drinker,jetstream}": 1.0}
        until_grown(metrics_port, before, HANDLED | called | buried)


def test_a_batch_is_one_call_of_its_handler(teas_stream: NatsServer, metrics_port: int) -> None:
    together: list[int] = []
    thirsty = make_consumer(
        lambda event: None, batch_handlers={TeaBrewed: lambda events: together.append(len(events))}
    )
    provision(teas_stream, thirsty)
    publish(teas_stream)
    publish(teas_stream)
    before = scraped(metrics_port)
    with running(consuming(thirsty)):
        eventually(lambda: sum(together) == 2)
        calls = float(len(together))
        until_grown(
            metrics_port,
            before,
            {"consumer_lag_seconds_count{drinker}": 2.0}
            | {"handler_duration_seconds_count{a batch of drinker}": calls},
        )
