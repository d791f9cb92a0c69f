"""The faults of `FAILPOINTS` at a hook."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.messaging import hooks
from apps.messaging.errors import MessageUnreadable
from apps.messaging.hooks import faults
from apps.messaging.hooks.faults import EXIT_CODE, QUIET_SECONDS, BrokenOnPurpose, Strikes
from apps.messaging.hooks.points import reached, skipped
from tests.support.logged import logged_by

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_plugged_in() -> Iterator[None]:
    yield
    hooks.detach()


def test_a_fault_can_raise_an_error() -> None:
    faults.arm("relay.claimed=raise")
    with pytest.raises(BrokenOnPurpose, match=r"relay\.claimed"):
        reached("relay.claimed")


def test_a_fault_acts_only_after_and_count_times() -> None:
    faults.arm("job.heartbeat=skip:after=2:count=1, relay.claimed=raise")
    assert [skipped("job.heartbeat") for _ in range(4)] == [False, False, True, False]


def test_the_former_name_of_a_fault_is_accepted() -> None:
    faults.arm("job.heartbeat=drop")
    assert skipped("job.heartbeat")


def test_a_fault_acts_at_its_rate() -> None:
    faults.arm("job.heartbeat=skip:rate=0.5")
    assert 300 < sum(skipped("job.heartbeat") for _ in range(1000)) < 700


def test_a_fault_can_end_the_process_immediately() -> None:
    code = "from apps.messaging.hooks import faults, points; faults.arm('relay.claimed=exit');"
    code += "import atexit; atexit.register(print, 'bye'); points.reached('relay.claimed')"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (EXIT_CODE, "")


@pytest.mark.parametrize(
    "text", ["relay.eaten=exit", "relay.claimed=explode", "relay.claimed=exit:after=soon", "relay"]
)
def test_an_invalid_fault_specification_is_rejected(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        faults.arm(text)


def test_a_fault_can_make_a_message_unreadable() -> None:
    faults.arm("consumer.fetched=corrupt")
    with pytest.raises(MessageUnreadable, match=r"consumer\.fetched"):
        reached("consumer.fetched")


def test_a_skip_is_rejected_at_an_unskippable_point() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"only at .*job\.heartbeat"):
        faults.arm("relay.claimed=skip")


def test_a_frequent_fault_is_logged_once_a_minute_with_a_count(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(faults, "_strikes", Strikes())
    monkeypatch.setattr(faults, "monotonic", lambda: float(next(seconds)))
    for _ in range(100):
        faults.strike("job.polling", "skip")
    assert [getattr(each, "times", 0) for each in logged_by(faults.__name__, caplog)] == [1, 60]


def test_a_fault_armed_again_is_logged_again() -> None:
    strikes, later = Strikes(), 2 + QUIET_SECONDS + 1
    counts = [strikes.count("job.polling", "skip", now=now) for now in (0.0, 1.0, 2.0, later)]
    assert counts == [1, 0, 0, 3]
    assert strikes.count("relay.claimed", "raise", now=later) == 1
