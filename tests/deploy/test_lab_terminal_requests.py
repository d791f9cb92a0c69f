"""Requests and replies of the lab's terminal, as the user `developer` of the shop's own server."""

from pytest_django.fixtures import Settings

from tests.deploy.conftest import Be
from tests.lab.terminal.typing import done, going_on


def test_a_person_may_ask_and_answer(be: Be, settings: Settings) -> None:
    be("web")
    settings.NATS_PASSWORD_DEVELOPER = "secret-of-developer"
    with going_on("nats reply price.lookup --queue pricing 9.99", until="Listening"):
        assert "9.99" in done("nats request price.lookup x")
