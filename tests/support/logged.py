"""What one module has logged: a thread of an earlier test may log at any moment as well."""

import logging

import pytest


def logged_by(module: str, caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return the captured records of the logger of this name, or of one below it."""
    below = f"{module}."
    return [each for each in caplog.records if f"{each.name}.".startswith(below)]


def messages_by(module: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.message for each in logged_by(module, caplog)]
