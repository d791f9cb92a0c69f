"""A receiver that is away or silent delays no work and no stop."""

import time
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from apps.messaging.events.streams import Consumer
from apps.messaging.models import OutboxMessage
from apps.messaging.tracing.exporting import LAST_SECONDS
from tests.messaging.support.rows import record
from tests.support.nats_server import NatsServer
from tests.support.ports import free_port
from tests.support.processes import worker_process
from tests.support.silent import silent_server
from tests.support.waiting import crowding, eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("receiver", [silent_server, lambda: nullcontext(free_port())])
def test_a_worker_sends_its_rows_and_stops_in_time(
    nats_server: NatsServer, consumer: Consumer, receiver: Callable[[], object]
) -> None:
    with receiver() as port:  # type: ignore[attr-defined]
        endpoint = f"http://127.0.0.1:{port}"
        with worker_process(
            "outbox_relay", nats_server, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint
        ) as it:
            record("pot-1")
            eventually(OutboxMessage.objects.exclude(sent_at=None).exists, within=20)
            began = time.monotonic()
            it.terminate()
            assert it.wait(30 * crowding()) == 0
        # Once for its spans, and once for its lines.
        assert time.monotonic() - began < (2 * LAST_SECONDS + 6) * crowding()
