"""The shop below a prefix as granian serves it: the page, all that it loads, and a probe."""

import re
import urllib.error
import urllib.request
from http.client import HTTPResponse

import pytest
from django.conf import settings

from tests.support.nats_server import NatsServer
from tests.support.served import status_of, web
from tests.support.waiting import crowding

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


def test_all_that_a_page_loads_and_leads_to_is_there(nats_server: NatsServer) -> None:
    with web(nats_server, prefix="/shop") as port:
        page = ask(port, "/shop/").read().decode()
        addresses = set(re.findall(r'(?:href|src|action)="([^"#?]+)', page))
        loaded = {each for each in addresses if "/static/" in each}
        assert len(loaded) >= 3
        assert "/shop/api/docs" in addresses
        assert {each: status_of(each, port) for each in addresses} == dict.fromkeys(addresses, 200)


def test_the_api_and_the_probes_know_the_prefix(nats_server: NatsServer) -> None:
    with web(nats_server, prefix="/shop", SECURE_SSL_REDIRECT="true") as port:
        for method, path, status in (
            ("GET", "/shop/api/nothing", 404),
            ("DELETE", "/shop/api/orders", 405),
        ):
            answer = ask(port, path, method)
            problem = "application/problem+json"
            assert (answer.status, answer.headers["Content-Type"]) == (status, problem)
        assert ask(port, "/shop/healthz", host="10.1.2.3").read() == b"ok\n"


def test_its_cookies_stay_below_the_prefix(nats_server: NatsServer) -> None:
    """Another Django on the same host may have cookies of the same names."""
    with web(nats_server, prefix="/shop") as port:
        cookies = ask(port, "/shop/admin/login/").headers.get_all("Set-Cookie") or []
        assert [each.partition("=")[0] for each in cookies] == [settings.CSRF_COOKIE_NAME]
        assert "; Path=/shop; " in f"{cookies[0]}; "


def ask(port: int, path: str, method: str = "GET", host: str = "localhost") -> HTTPResponse:
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, method=method, headers={"Host": host})
    try:
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=10 * crowding())
    except urllib.error.HTTPError as error:
        return error  # type: ignore[return-value]
    return answer
