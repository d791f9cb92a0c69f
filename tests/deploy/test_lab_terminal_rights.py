"""The lab's terminal on the shop's own server: it is the user `developer`, whose rights it has."""

import pytest
from pytest_django.fixtures import Settings

from apps.lab.terminal import rights
from tests.deploy.conftest import Be
from tests.lab.terminal.typing import done, going_on, typed
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("web")


@pytest.fixture
def web(be: Be, settings: Settings) -> None:
    """This process is `web`, as in a container."""
    be("web")
    settings.NATS_PASSWORD_DEVELOPER = "secret-of-developer"


def test_a_person_may_do_what_the_pages_show() -> None:
    with going_on("nats sub 'orders.>'", until="Subscribing") as subscriber:
        done("nats pub orders.placed '{\"id\": 42}'")
        eventually(lambda: '{"id": 42}' in subscriber.text)
    assert "ORDERS" in done("nats stream ls --names")
    assert "orders.placed" in done("nats stream get ORDERS --last-for orders.placed")
    done("nats stream view ORDERS 1")
    done("nats consumer add ORDERS workers --pull --ack explicit --defaults")
    assert "Acknowledged message" in done("nats consumer next ORDERS workers --ack")
    done("nats consumer report ORDERS")
    with going_on("nats sub --stream ORDERS --all", until="orders.placed"):
        done("nats consumer rm ORDERS workers --force")


def test_adding_the_stream_says_that_it_is_there() -> None:
    paper = typed("nats stream add ORDERS --subjects 'orders.>' --storage file")
    assert "stream name already in use with a different configuration (10058)" in paper.text


@pytest.mark.parametrize(
    "line",
    [
        "nats consumer next ORDERS sales",
        "nats consumer rm ORDERS sales --force",
        "nats stream add MINE --subjects mine --defaults",
        "nats pub outbox.nudge.jetstream x",
        "nats sub lab.hops",
    ],
)
def test_the_server_itself_refuses_what_is_the_shops(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in ("check_publish", "check_subscribe", "check_consumer", "check_stream"):
        monkeypatch.setattr(rights, check, lambda *_: None)
    paper = typed(line)
    assert paper.code == 1
    assert "permissions violation" in paper.text
