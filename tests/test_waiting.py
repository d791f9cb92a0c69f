"""The tests' own way of waiting."""

import os

import pytest

from tests.support.waiting import crowding, eventually


def test_what_never_comes_is_an_error_that_says_what_was_seen() -> None:
    with pytest.raises(AssertionError, match=r"a cup, last seen: \[\]"):
        eventually(list, within=0.05, what="a cup")


def test_a_machine_with_three_times_as_much_to_do_is_given_three_times_as_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (3.0 * (os.cpu_count() or 1), 0.0, 0.0))
    assert crowding() == 3


def test_an_idle_machine_is_given_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    assert crowding() == 1
