"""HEAD at the API, in this process and as granian serves it."""

import pytest
from django.test import Client

from tests.orders_site.http.test_ways_in_served import ask
from tests.support.nats_server import NatsServer
from tests.support.served import web

pytestmark = pytest.mark.one_database


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/products", "/api/products/NONE", "/api/openapi.json"])
def test_a_head_request_has_the_status_and_headers_of_its_get(client: Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert (head["Content-Type"], head["Content-Length"]) == (
        get["Content-Type"],
        str(len(get.content)),
    )
    assert head.content == b""


@pytest.mark.django_db
def test_a_head_where_there_is_no_get_is_not_allowed(client: Client) -> None:
    assert client.head("/api/orders").status_code == client.get("/api/orders").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_served_head_has_no_body(nats_server: NatsServer) -> None:
    with web(nats_server) as port:
        get, head = ask(port, "/api/products"), ask(port, "/api/products", "HEAD")
        assert (get.status, head.status) == (200, 200)
        assert head.headers["Content-Length"] == str(len(get.read()))
        assert head.read() == b""
