"""The demo's SQS: moto with a quick clock, which a long queue of mails needs."""

from typing import NoReturn

import pytest
from moto.core import utils
from moto.sqs import models

from apps.demo.supervisor.moto_server import tell_time_quickly

QUEUE = "celery"
CLOCKS = ("unix_time", "unix_time_millis")


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give moto its own clock back after the test."""
    for name in CLOCKS:
        monkeypatch.setattr(models, name, vars(models)[name])


def receive(backend: models.SQSBackend) -> list[str]:
    found = backend.receive_message(QUEUE, 1, 0, visibility_timeout=60)
    return [message.body for message in found]


def test_sqs_receives_without_building_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    def utcnow() -> NoReturn:
        raise AssertionError("moto has built a date")

    tell_time_quickly()
    backend = models.SQSBackend("us-east-1", "123456789012")
    backend.create_queue(QUEUE, {})
    backend.send_message(QUEUE, "tea")
    monkeypatch.setattr(utils, "utcnow", utcnow)
    assert receive(backend) == ["tea"]
    assert receive(backend) == [], "it is hidden for a minute"


def test_the_quick_clock_shows_the_time_of_motos_own() -> None:
    before = [vars(models)[name]() for name in CLOCKS]
    tell_time_quickly()
    seconds, milliseconds = (vars(models)[name]() for name in CLOCKS)
    assert seconds == pytest.approx(before[0], abs=60)
    assert milliseconds == pytest.approx(before[1], abs=60_000)
