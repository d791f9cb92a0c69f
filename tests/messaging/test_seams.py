import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from apps.messaging import seams
from apps.messaging.checks import seams_are_the_demos_alone
from apps.messaging.seams import EXIT_CODE, POINTS, BrokenOnPurpose, reach

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_plugged_in() -> Iterator[None]:
    yield
    seams.unplug()


def test_every_point_is_at_one_place_of_the_source() -> None:
    sources = [path.read_text() for path in (ROOT / "apps").rglob("*.py")]
    reached = re.findall(r'seams\.reach\("([a-z.]+)"\)', "\n".join(sources))
    assert sorted(reached) == sorted(POINTS)


def test_a_point_is_harmless_until_something_is_plugged_in() -> None:
    assert not reach("relay.claimed")


def test_what_is_plugged_in_is_called_each_time_until_the_block_ends() -> None:
    calls: list[int] = []
    with seams.plugged("relay.claimed", lambda: calls.append(1)):
        reach("relay.claimed")
        reach("relay.claimed")
    reach("relay.claimed")
    assert calls == [1, 1]


def test_a_fault_can_raise() -> None:
    seams.arm("relay.claimed=raise")
    with pytest.raises(BrokenOnPurpose, match=r"relay\.claimed"):
        reach("relay.claimed")


def test_a_fault_lets_some_pass_and_strikes_so_many_times() -> None:
    seams.arm("job.heartbeat=drop:after=2:count=1, relay.claimed=raise")
    assert [reach("job.heartbeat") for _ in range(4)] == [False, False, True, False]


def test_a_fault_strikes_at_its_rate() -> None:
    seams.arm("job.heartbeat=drop:rate=0.5")
    assert 300 < sum(reach("job.heartbeat") for _ in range(1000)) < 700


def test_a_fault_can_end_the_process_without_a_word() -> None:
    code = "from apps.messaging import seams; seams.arm('relay.claimed=exit');"
    code += "import atexit; atexit.register(print, 'bye'); seams.reach('relay.claimed')"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (EXIT_CODE, "")


@pytest.mark.parametrize(
    "text", ["relay.eaten=exit", "relay.claimed=explode", "relay.claimed=exit:after=soon", "relay"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        seams.arm(text)


def test_outside_the_demo_a_check_refuses_them(settings: Settings) -> None:
    settings.SEAMS = "relay.claimed=exit"
    assert seams_are_the_demos_alone(None) == []
    settings.DEMO = False
    assert [each.id for each in seams_are_the_demos_alone(None)] == ["messaging.E001"]
    assert seams_are_the_demos_alone in set[object](registry.registered_checks)
