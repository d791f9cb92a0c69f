"""A line of the log arrives at a receiver with its fields, its level and its trace."""

import logging
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.hooks.tracing import following
from apps.messaging.tracing import log_lines
from tests.support.otlp import OtlpReceiver, SentLine, otlp_receiver
from tests.support.waiting import eventually

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
logger = logging.getLogger("kitchen.kettle")


@pytest.fixture(scope="module")
def receiver() -> Iterator[OtlpReceiver]:
    with otlp_receiver() as receiver:
        yield receiver
    log_lines._provider_of.cache_clear()  # It would send to this one.


@pytest.fixture(autouse=True)
def _sent(
    receiver: OtlpReceiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("OTEL_BLRP_SCHEDULE_DELAY", "50")
    settings.LOGS_URL = f"{receiver.url}/v1/logs"
    handler = log_lines.ToReceiver()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)


def arrived(receiver: OtlpReceiver, text: str) -> SentLine:
    def found() -> list[SentLine]:
        return [line for line in receiver.lines() if line.text == text]

    (line,) = eventually(found, what=f"the line {text}")
    return line


def test_a_line_has_its_level_and_the_fields_that_it_has_on_stderr(receiver: OtlpReceiver) -> None:
    logger.warning("the kettle %s", "boils", extra={"order": "pot-1", "cups": 2, "tea": ["mint"]})
    line = arrived(receiver, "the kettle boils")
    assert (line.logger, line.severity) == ("kitchen.kettle", "WARNING")
    assert line.fields == {"order": "pot-1", "cups": "2", "tea": "['mint']"}


def test_a_line_has_the_trace_in_which_it_was_logged(receiver: OtlpReceiver) -> None:
    with following(f"00-{TRACE}-{SPAN}-01"):
        logger.error("inside")
    logger.error("outside")
    assert arrived(receiver, "inside")[-3:-1] == (TRACE, SPAN)
    assert arrived(receiver, "outside")[-3:-1] == ("", "")


def test_an_error_is_sent_with_its_traceback(receiver: OtlpReceiver) -> None:
    try:
        raise ValueError("no water")
    except ValueError:
        logger.exception("cold")
    fields = arrived(receiver, "cold").fields
    assert (fields["exception.type"], fields["exception.message"]) == ("ValueError", "no water")
    assert "test_an_error_is_sent" in fields["exception.stacktrace"]


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "opentelemetry.sdk", "requests"])
def test_what_the_sending_itself_logs_is_not_sent(receiver: OtlpReceiver, name: str) -> None:
    logging.getLogger(name).warning("about %s", name)
    logger.warning("after %s", name)
    arrived(receiver, f"after {name}")
    assert f"about {name}" not in [line.text for line in receiver.lines()]


def test_a_line_that_cannot_be_sent_ends_no_work(capsys: pytest.CaptureFixture[str]) -> None:
    class Unreadable:
        def __str__(self) -> str:
            raise ValueError("no tea leaves")

    logger.warning("read", extra={"leaves": Unreadable()})
    assert "no tea leaves" in capsys.readouterr().err
