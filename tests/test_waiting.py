"""The tests' own way of waiting."""

import os

import pytest

from tests.support import waiting
from tests.support.waiting import crowding, eventually


def test_a_timeout_error_shows_the_last_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "STALL_SECONDS", 0.0)
    with pytest.raises(AssertionError, match=r"a cup, last seen: \[\]"):
        eventually(list, within=0.05, what="a cup")


def test_a_machine_with_triple_load_gets_triple_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (3.0 * (os.cpu_count() or 1), 0.0, 0.0))
    assert crowding() == 3


def test_an_idle_machine_gets_the_requested_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    assert crowding() == 1
