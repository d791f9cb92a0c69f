"""The real server while SQS is silent and probes of all kinds come by: the shop goes on."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.nats_server import NatsServer
from tests.support.served import status_of, web
from tests.support.silent import silent_server
from tests.support.waiting import at_most

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]

PAGE = "/"
PROBES = ["/readyz", "/readyz/all", "/metrics", "/api/status"]
THREADS = 32
PROBE_SECONDS = 5
"""Longer than the pages take, also where the machine stands still meanwhile."""


def seconds_of(path: str, port: int) -> float:
    began = time.monotonic()
    assert status_of(path, port) in (200, 503)
    return time.monotonic() - began


def test_probes_by_the_dozen_leave_the_pages_their_threads(nats_server: NatsServer) -> None:
    with (
        silent_server() as sqs,
        web(
            nats_server,
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{sqs}",
            PROBE_SECONDS=str(PROBE_SECONDS),
        ) as port,
        ThreadPoolExecutor(2 * THREADS) as asking,
    ):
        assert status_of(PAGE, port) == 200
        probes = [asking.submit(seconds_of, path, port) for path in PROBES * (THREADS // 2)]
        pages = [seconds_of(PAGE, port) for _ in range(5)]
        assert not all(each.done() for each in probes), "the pages were asked for meanwhile"
        assert max(pages) < at_most(5)
        assert max(each.result() for each in probes) < at_most(PROBE_SECONDS + 9)
        assert seconds_of("/readyz/all", port) < at_most(PROBE_SECONDS + 2)
