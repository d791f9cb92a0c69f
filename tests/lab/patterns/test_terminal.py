"""Commands name the addresses at which this shop's brokers can be reached from outside."""

import pytest
from pytest_django.fixtures import Settings

from apps.lab.patterns import PATTERNS, named, terminal
from apps.lab.patterns.polling_bill import bill, receives


def test_on_one_machine_addresses_are_the_shops(settings: Settings) -> None:
    settings.NATS_URL = "nats://127.0.0.1:4331"
    settings.AWS_ENDPOINT_URL = "http://127.0.0.1:4631"

    assert terminal.placed("connect(@python)") == 'connect("nats://127.0.0.1:4331")'
    assert terminal.placed("@queue") == "http://127.0.0.1:4631/123456789012/jobs"


def test_outside_containers_ports_are_the_published_ones(settings: Settings) -> None:
    settings.NATS_URL = "nats://web:secret@nats:4222"
    settings.AWS_ENDPOINT_URL = "http://sqs:5000"
    settings.NATS_PORT, settings.AWS_PORT = 4331, 4631
    settings.NATS_PASSWORD_DEVELOPER = "p@ss"

    assert terminal.placed("@python") == (
        '"nats://127.0.0.1:4331", user="developer", password="p@ss"'
    )
    assert terminal.placed("@sqs") == "http://127.0.0.1:4631"


def test_every_command_has_its_address() -> None:
    for pattern in PATTERNS:
        shown = "".join(each.line + each.sdk for each in terminal.commands(pattern))
        assert "@" not in shown.replace("nats://developer:demo@", "")


def test_polling_without_waiting_asks_200_times_as_often(settings: Settings) -> None:
    settings.SQS_WAIT_SECONDS = 2

    assert (receives(0), receives(20)) == (25_920_000, 129_600)
    assert [each.result for each in bill()] == ["$10.37", "$0.52", "$0.05"]


def test_the_bill_of_the_best_setting_is_shown_once(settings: Settings) -> None:
    settings.SQS_WAIT_SECONDS = 20

    assert [each.what for each in bill()] == ["WaitTimeSeconds 0", "WaitTimeSeconds 20 (as here)"]


def test_only_sqs_has_a_bill() -> None:
    assert named("sqs-jobs")
    assert [each.slug for each in PATTERNS if each.sums] == ["sqs-jobs"]


def test_a_page_with_commands_asks_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent server would delay the page once for each address."""

    def connect(*_: object, **__: object) -> None:
        pytest.fail("a page asked a server")

    monkeypatch.setattr("socket.create_connection", connect)
    for pattern in PATTERNS:
        assert terminal.exports()
        assert terminal.commands(pattern)
