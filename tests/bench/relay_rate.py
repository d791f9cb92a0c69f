"""Events a second that the relay sends, by the server's `sync_interval`, in turn in one run.

TEST_DATABASE=postgresql python -m pytest tests/bench/relay_rate.py -s
"""

import statistics
import time
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.brokers import nats_for_threads
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from tests.messaging.support.brokers import on_nats, provision
from tests.messaging.support.events import TeaBrewed, make_consumer
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.waiting import eventually

INTERVALS = ("5s", "always")
ROUNDS = 6
EVENTS = 3000
SINGLE = 100


@pytest.mark.django_db(transaction=True)
def test_relay_rate(tmp_path: Path, settings: Settings) -> None:
    rates: dict[str, list[float]] = {interval: [] for interval in INTERVALS}
    acks: dict[str, list[float]] = {interval: [] for interval in INTERVALS}
    for number in range(ROUNDS):
        for interval in INTERVALS:
            config = f'jetstream {{ sync_interval: "{interval}" }}\n'
            server = NatsServer(folder=tmp_path / f"{interval}-{number}", config=config)
            server.start()
            nats_for_threads.close()
            settings.NATS_URL = server.url
            provision(server, make_consumer(print))
            rates[interval].append(rate())
            acks[interval].append(milliseconds_for_one(server))
            nats_for_threads.close()
            server.stop()
    for interval in INTERVALS:
        each = ", ".join(f"{value:.0f}" for value in rates[interval])
        print(
            f"\n{interval:>6}: {statistics.median(rates[interval]):.0f} events/s ({each});"
            f" one ack {statistics.median(acks[interval]):.2f} ms",
            end="",
        )


def rate() -> float:
    """Record this many rows for the relay, each with its own key, like orders."""
    OutboxMessage.objects.all().delete()
    with transaction.atomic():
        for cups in range(EVENTS):
            outbox.record(TeaBrewed(cups=cups), key=f"pot-{cups}")
    unsent = OutboxMessage.objects.filter(sent_at=None)
    began = time.monotonic()
    with running(relaying, ready_within=0):
        eventually(lambda: not unsent.exists(), within=300)
        return EVENTS / (time.monotonic() - began)


def milliseconds_for_one(server: NatsServer) -> float:
    async def publish(nc) -> float:
        jetstream = nc.jetstream()
        began = time.monotonic()
        for _ in range(SINGLE):
            await jetstream.publish("teas.brewed", b"x" * 500)
        return 1000 * (time.monotonic() - began) / SINGLE

    return on_nats(server, publish)
