"""Which of Django's lines about answers are worth reading."""

import logging

import pytest
from django.test import RequestFactory

from orders_site.logs import MEANT_503, logging_config


def is_logged(path: str, status: int, *, prefix: str = "") -> bool:
    """Pass a record as Django makes it for each answer of 400 or more."""
    is_news = logging_config(style="json", level="INFO")["filters"]["news"]["callback"]
    told = {"status_code": status, "request": RequestFactory().get(path, SCRIPT_NAME=prefix)}
    return bool(is_news(logging.makeLogRecord(told)))


@pytest.mark.parametrize("path", sorted(MEANT_503))
def test_a_503_that_is_meant_is_no_error(path: str) -> None:
    assert not is_logged(path, 503)
    assert is_logged(path, 500)


def test_any_other_503_is_told() -> None:
    assert is_logged("/checkout/", 503)
