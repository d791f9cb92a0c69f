"""*Be the consumer* on two processes of `web`: neither keeps anything that the other needs."""

import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar

import pytest

from apps.lab.models import HandDelivery
from tests.lab.consumer.conftest import brokers, no_sweeper, placed
from tests.support.moto_server import MotoServer
from tests.support.nats_server import NatsServer
from tests.support.served import web
from tests.support.waiting import crowding, eventually

__all__ = ["brokers", "no_sweeper", "placed"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]


class Window:
    """A browser without scripts, whose requests go to either process."""

    def __init__(self, *ports: int) -> None:
        self._ports = ports
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def page(self, process: int) -> str:
        return self._open(process, "/lab/consumer/", None)

    def press(self, process: int, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page(process))
        assert token
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self._open(process, f"/lab/consumer/{path}/", data)

    def _open(self, process: int, path: str, data: bytes | None) -> str:
        address = f"http://127.0.0.1:{self._ports[process]}{path}"
        with self._opener.open(address, data, timeout=20 * crowding()) as answer:
            return str(answer.read().decode())


@pytest.fixture
def window(brokers: NatsServer, sqs_server: MotoServer) -> Iterator[Window]:
    aws = {"AWS_ENDPOINT_URL": sqs_server.url, "AWS_ACCESS_KEY_ID": "demo"}
    with web(brokers, **aws) as first, web(brokers, **aws) as second:
        yield Window(first, second)


def test_either_process_answers_what_the_other_has_taken(
    window: Window, placed: Callable[[], None]
) -> None:
    placed()
    window.press(0, "durable", subject="orders.>", start="all")
    eventually(lambda: "attempt 1" in window.press(1, "take"), within=20)
    (event,) = HandDelivery.objects.all()
    assert "given back" in window.press(0, f"{event.pk}/answer", how="nak")
    eventually(lambda: "attempt 2" in window.press(1, "take"), within=20)
    again = HandDelivery.objects.first()
    assert again
    window.press(0, f"{again.pk}/answer", how="ack")
    assert "0 waiting · 0 delivered and not settled" in window.page(1)


def test_either_process_deletes_what_the_other_has_received(window: Window) -> None:
    window.press(0, "queue")
    window.press(1, "job")
    eventually(lambda: "attempt 1" in window.press(0, "receive"), within=20)
    (job,) = HandDelivery.objects.all()
    window.press(1, f"{job.pk}/answer", how="delete")
    assert "0 visible · 0 hidden" in window.page(0)
