"""What the relay measures, on a real nats-server: the wait of each row, and each publish."""

import pytest

from apps.messaging.metrics import watching
from apps.messaging.models import OutboxMessage
from apps.messaging.outbox.relay import relaying
from apps.messaging.outbox.rows import Sent
from tests.messaging.support.rows import make_claimed, record
from tests.support.nats_server import NatsServer
from tests.support.running import running
from tests.support.scraped import growth, scraped, until_grown
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("teas_stream")
def test_a_sent_row_has_a_wait_and_its_batch_a_duration(metrics_port: int) -> None:
    before = scraped(metrics_port)
    record("pot-1")
    with running(relaying):
        until_grown(
            metrics_port,
            before,
            {
                "outbox_wait_seconds_count{jetstream}": 1.0,
                "outbox_publish_duration_seconds_count{jetstream}": 1.0,
                "outbox_rows_total{sent,jetstream}": 1.0,
            },
        )


def test_a_row_that_nats_cannot_take_is_counted_and_has_no_wait(
    teas_stream: NatsServer, metrics_port: int
) -> None:
    with running(relaying) as worker:
        before = scraped(metrics_port)
        teas_stream.kill()
        eventually(lambda: not worker.is_ready)
        record("pot-1")
        away = "shop_outbox_rows_total{broker_away,jetstream}"
        eventually(lambda: away in growth(before, scraped(metrics_port)))
        waits = [each for each in growth(before, scraped(metrics_port)) if "wait" in each]
        assert waits == []
        teas_stream.start()
        eventually(lambda: OutboxMessage.objects.filter(sent_at=None).count() == 0)


@pytest.mark.parametrize(
    "headers",
    ["{}", '{"ce-time": "soon, but not at a time that one can read"}', '{"ce-time": "2026"}'],
)
def test_a_row_without_a_time_of_ours_is_sent_without_a_wait(
    metrics_port: int, headers: str
) -> None:
    before = scraped(metrics_port)
    rows = [make_claimed(headers=headers)]
    watching._published(rows, {"outcomes": ("jetstream", {1: Sent(1)})})
    grown = growth(before, scraped(metrics_port))
    assert grown == {"shop_outbox_rows_total{sent,jetstream}": 1.0}


def test_a_redriven_message_has_no_wait_since_it_keeps_its_first_time(metrics_port: int) -> None:
    before = scraped(metrics_port)
    headers = '{"ce-time": "2026-11-24T10:44:52.135000Z", "shop-redrive-for": "drinker"}'
    watching._published([make_claimed(headers=headers)], {"outcomes": ("jetstream", {})})
    assert growth(before, scraped(metrics_port)) == {}
