"""This process measures, and answers `/metrics` on a port of its own."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.metrics import serving
from tests.messaging.metrics.measured import measure_no_more
from tests.support.ports import free_port


@pytest.fixture
def metrics_port(settings: Settings) -> Iterator[int]:
    """Yield the port; at the end nothing is measured any more."""
    settings.METRICS_PORT = free_port()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(serving.serve())
    thread = threading.Thread(target=loop.run_forever, name="metrics", daemon=True)
    thread.start()
    yield settings.METRICS_PORT
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()
    measure_no_more()
