"""Lines run in threads: at most so many, each ends by itself, and none outlives its window."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from apps.lab.terminal import places, running
from apps.lab.terminal.places import MOST, MOST_OF_A_WINDOW, PLACES, TooManyLines
from apps.lab.terminal.running import INTERRUPTED, TIMED_OUT, UNEXPECTED, RunningLine
from tests.support.waiting import eventually

SUBSCRIBE = "nats sub jobs.a"

pytestmark = pytest.mark.usefixtures("nats_server")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    # A test's own connection stays open.
    monkeypatch.setattr("apps.lab.terminal.running.connection.close", lambda: None)
    monkeypatch.setattr(running, "EMPTY_EVERY_SECONDS", 0.05)


@pytest.fixture
def lines() -> Iterator[ExitStack]:
    """Ends what a test has started."""
    with ExitStack() as started:
        yield started
    eventually(lambda: PLACES.taken() == 0, what="all lines have ended")


def begin(lines: ExitStack, line: str = SUBSCRIBE, window: str = "one") -> RunningLine:
    begun = RunningLine(line, {}, window=window)
    lines.callback(begun.close)
    return begun


def pieces(line: RunningLine) -> Iterator[dict[str, Any]]:
    return (json.loads(each) for each in line)


def test_a_line_prints_and_says_how_it_ended(lines: ExitStack) -> None:
    printed = [each for each in pieces(begin(lines, "ls")) if each]
    assert printed[-1] == {"code": 127}
    assert "command not found" in printed[0]["say"]


def test_a_variable_reaches_the_window(lines: ExitStack) -> None:
    printed = [each for each in pieces(begin(lines, "export RECEIPT_HANDLE=abc")) if each]
    assert printed == [{"set": {"RECEIPT_HANDLE": "abc"}}, {"code": 0}]


def test_a_silent_line_writes_something_so_that_a_lost_window_is_noticed(lines: ExitStack) -> None:
    printed = pieces(begin(lines))
    assert next(each for each in printed if "Subscribing" in each.get("say", ""))
    assert next(printed) == {}


def test_a_line_ends_when_its_window_has_gone(lines: ExitStack) -> None:
    line = begin(lines)
    printed = pieces(line)
    assert next(each for each in printed if "Subscribing" in each.get("say", ""))
    line.close()
    line.close()
    assert list(printed)[-1] == {"code": INTERRUPTED}
    eventually(lambda: PLACES.taken() == 0)


def test_a_window_that_goes_before_it_reads_ends_its_line(lines: ExitStack) -> None:
    begin(lines).close()
    eventually(lambda: PLACES.taken() == 0)


def test_a_line_ends_by_itself(lines: ExitStack, settings: Settings) -> None:
    settings.LAB_TERMINAL_SECONDS = 0.2
    *_, says, code = (each for each in pieces(begin(lines)) if each)
    assert says == {"say": "(Ended after 0.2 s, the longest time of a line here.)"}
    assert code == {"code": TIMED_OUT}


def test_a_window_runs_only_a_few_lines(lines: ExitStack) -> None:
    first, *_ = [begin(lines) for _ in range(MOST_OF_A_WINDOW)]
    with pytest.raises(TooManyLines, match="3 lines run in this window"):
        begin(lines)
    begin(lines, window="another")
    first.close()
    eventually(lambda: PLACES.taken() == MOST_OF_A_WINDOW)
    begin(lines)


def test_all_windows_together_run_only_so_many(lines: ExitStack) -> None:
    for number in range(MOST):
        begin(lines, window=str(number))
    with pytest.raises(TooManyLines, match="8 lines run in all windows"):
        begin(lines, window="one more")


def test_a_slow_window_loses_lines_and_shows_how_many(
    lines: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_UNSENT", 3)
    line = begin(lines, "help")
    eventually(lambda: PLACES.taken() == 0)
    printed = [each for each in pieces(line) if each]
    assert len(printed) == 5
    assert "lines are left out: the window was too slow" in printed[-2]["say"]


def test_an_error_of_ours_ends_the_line_with_a_word_and_a_traceback(
    lines: ExitStack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> int:
        raise ArithmeticError

    monkeypatch.setattr(running, "run_line", fail)
    assert [each for each in pieces(begin(lines)) if each] == [{"say": UNEXPECTED}, {"code": 1}]
    assert "ArithmeticError" in caplog.text


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Lines that call a broker, which does not answer until the test ends."""
    answered = threading.Event()

    async def hang(*_: object) -> int:
        await asyncio.to_thread(answered.wait)
        return 0

    monkeypatch.setattr(running, "run_line", hang)
    yield answered
    answered.set()


def test_a_line_that_hangs_at_a_broker_keeps_no_place_of_a_closed_window(
    lines: ExitStack, hanging: threading.Event
) -> None:
    for _ in range(2 * MOST_OF_A_WINDOW):
        begin(lines).close()
    begin(lines)
    assert PLACES.taken() == 2 * MOST_OF_A_WINDOW + 1


def test_lines_that_hang_without_a_window_are_limited(
    lines: ExitStack, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_ENDING", 2)
    for _ in range(2):
        begin(lines).close()
    with pytest.raises(TooManyLines, match="2 lines whose windows have gone wait for a broker"):
        begin(lines)
    hanging.set()
    eventually(lambda: PLACES.taken() == 0)
    begin(lines)
