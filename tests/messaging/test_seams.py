import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.core.checks.registry import registry
from pytest_django.fixtures import Settings

from apps.messaging import seams
from apps.messaging.checks import seams_are_the_demos_alone
from apps.messaging.seams import CAN_LEAVE_OUT, POINTS, Passing, reach

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nothing_plugged_in() -> Iterator[None]:
    yield
    seams.unplug()
    seams.plug_everywhere(None)


def test_every_point_is_at_one_place_of_the_source() -> None:
    sources = [path.read_text() for path in (ROOT / "apps").rglob("*.py")]
    reached = re.findall(r'seams\.reach\(\s*"([a-z.]+)"', "\n".join(sources))
    assert sorted(reached) == sorted(POINTS)


def test_messaging_itself_names_no_point_of_the_shop() -> None:
    own = (ROOT / "apps" / "messaging" / "seams.py").read_text()
    assert re.findall(r'"((?:order|mail)\.[a-z]+)"', own) == []


def test_a_point_is_harmless_until_something_is_plugged_in() -> None:
    assert not reach("relay.claimed")


def test_what_is_plugged_in_is_called_each_time_until_the_block_ends() -> None:
    calls: list[int] = []
    with seams.plugged("relay.claimed", lambda: calls.append(1)):
        reach("relay.claimed")
        reach("relay.claimed")
    reach("relay.claimed")
    assert calls == [1, 1]


def test_one_act_sees_every_point_and_what_passes_there() -> None:
    seen: list[tuple[str, str]] = []

    def watch(point: str, passing: Sequence[Passing]) -> bool:
        seen.extend((point, each.message_id) for each in passing)
        return False

    assert not seams.is_watched()
    seams.plug_everywhere(watch)
    reach("relay.claimed", Passing(message_id="a"), Passing(message_id="b"))
    assert seen == [("relay.claimed", "a"), ("relay.claimed", "b")]
    assert seams.is_watched()


def test_it_can_ask_for_the_next_step_to_be_left_out() -> None:
    seams.plug_everywhere(lambda point, _: point == "job.heartbeat")
    assert reach("job.heartbeat")
    assert not reach("job.deleting")


def test_where_a_step_can_be_left_out_is_a_point() -> None:
    assert set(CAN_LEAVE_OUT) < set(POINTS)


def test_outside_the_demo_a_check_refuses_them(settings: Settings) -> None:
    settings.SEAMS = "relay.claimed=exit"
    assert seams_are_the_demos_alone(None) == []
    settings.DEMO = False
    assert [each.id for each in seams_are_the_demos_alone(None)] == ["messaging.E001"]
    assert seams_are_the_demos_alone in set[object](registry.registered_checks)
