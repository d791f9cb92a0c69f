"""The level of a running process: a file sets it for a while, then `LOG_LEVEL` is back."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.messaging.worker import live_log_level
from apps.messaging.worker.live_log_level import HOLDS_SECONDS, look


@pytest.fixture(autouse=True)
def file(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = logging.getLogger().level
    settings.LIVE_LOG_LEVEL_FILE = str(tmp_path / "log_level")
    settings.LOG_LEVEL = "WARNING"
    monkeypatch.setattr(live_log_level, "LOOK_EVERY_SECONDS", 0.0)
    yield tmp_path / "log_level"
    (tmp_path / "log_level").unlink(missing_ok=True)
    look()
    logging.getLogger().setLevel(before)


def level() -> str:
    look()
    return logging.getLevelName(logging.getLogger().level)


def test_the_file_sets_the_level(file: Path) -> None:
    file.write_text("debug\n")
    assert level() == "DEBUG"


def test_without_the_file_the_level_of_the_settings_is_back(file: Path) -> None:
    file.write_text("DEBUG")
    look()
    file.unlink()
    assert level() == "WARNING"


def test_a_level_holds_for_a_quarter_of_an_hour(file: Path) -> None:
    file.write_text("DEBUG")
    look()
    long_ago = time.time() - HOLDS_SECONDS - 1
    os.utime(file, (long_ago, long_ago))
    assert level() == "WARNING"


def test_what_is_no_level_changes_nothing_and_is_said_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = logging.getLogger().level
    file.write_text("LOUD" * 100)
    look()
    look()
    assert logging.getLogger().level == before
    (record,) = [each for each in caplog.records if each.message == "log level not set"]
    assert "DEBUG, INFO" in record.__dict__["error"]


def test_a_pipe_is_not_waited_for(file: Path) -> None:
    before = level()
    os.mkfifo(file)
    assert level() == before
