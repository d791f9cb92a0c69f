"""Which of Django's log lines about answers are written; no line can control a terminal."""

import logging
import sys
from typing import Any

import pytest
from django.test import RequestFactory

from orders_site.conf.logs import MEANT_503, logging_config


def is_logged(path: str, status: int, *, prefix: str = "") -> bool:
    """Pass a record as Django makes it for each answer of 400 or more."""
    is_news = logging_config(style="json", level="INFO")["filters"]["news"]["callback"]
    fields = {"status_code": status, "request": RequestFactory().get(path, SCRIPT_NAME=prefix)}
    return bool(is_news(logging.makeLogRecord(fields)))


@pytest.mark.parametrize("path", sorted(MEANT_503))
def test_an_expected_503_is_not_logged_as_an_error(path: str) -> None:
    assert not is_logged(path, 503)
    assert is_logged(path, 500)


def test_any_other_503_is_logged() -> None:
    assert is_logged("/checkout/", 503)


STEERING = "a\x1b[2J\x1b]0;t\x07\x9b1m\u202e\r\n12:00:00 [info     ] forged"


def formatted(record: logging.LogRecord, style: str = "console") -> str:
    config: Any = logging_config(style=style, level="INFO")["formatters"]["structlog"]
    formatter = config["()"](
        foreign_pre_chain=config["foreign_pre_chain"], processors=config["processors"]
    )
    line: str = formatter.format(record)
    return line


def test_no_text_of_others_steers_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    record = logging.makeLogRecord({"msg": f"heard {STEERING}", "subject": STEERING})
    line = formatted(record)
    assert line.isprintable()
    assert r"\x1b[2J" in line


def test_nor_does_the_text_of_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    try:
        raise ValueError(STEERING)
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})
    first, *traceback = formatted(record).splitlines()
    assert first.endswith("failed")
    assert all(line.isprintable() for line in traceback)
    assert all(line.startswith("  ") for line in traceback)
