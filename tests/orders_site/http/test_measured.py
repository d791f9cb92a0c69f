"""`web` as it runs measures each request: by its route, never by its path."""

import socket

import pytest

from tests.support.nats_server import NatsServer
from tests.support.scraped import growth, scraped
from tests.support.served import status_of, web

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERED = "shop_http_request_duration_seconds_count"


def test_a_request_is_measured_by_route_and_class_of_status(nats_server: NatsServer) -> None:
    with web(nats_server) as port:
        assert status_of("/cart/", port) == 200
        before = scraped(port)
        assert status_of("/cart/", port) == 200
        assert status_of("/orders/00000000-0000-0000-0000-000000000000/", port) == 404
        assert status_of("/no/such/page", port) == 404
        assert status_of("/healthz", port) == 200
        assert growth(before, scraped(port)) == {
            f"{ANSWERED}{{cart/,2xx}}": 1.0,
            f"{ANSWERED}{{orders/<uuid:order_id>/,4xx}}": 1.0,
            f"{ANSWERED}{{,4xx}}": 1.0,
        }


def test_a_request_that_does_not_reach_django_is_counted(nats_server: NatsServer) -> None:
    with web(nats_server, BODY_SECONDS="0.5") as port:
        before = scraped(port)
        with socket.create_connection(("127.0.0.1", port), timeout=60) as slow:
            slow.sendall(b"POST /cart/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
            assert slow.recv(100).startswith(b"HTTP/1.1 408")
        assert growth(before, scraped(port)) == {"shop_http_rejected_total{408}": 1.0}
