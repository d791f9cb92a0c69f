import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from django.core.checks.registry import registry
from pytest_django.fixtures import Settings

from apps.messaging import hooks
from apps.messaging.checks import failpoints_are_the_demos_alone
from apps.messaging.hooks.points import POINTS, SKIPPABLE, reached, skipped

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_attached() -> Iterator[None]:
    yield
    hooks.detach()
    hooks.attach_everywhere(None)


def found(written: str) -> list[str]:
    sources = [path.read_text() for path in (ROOT / "apps").rglob("*.py")]
    return sorted(re.findall(rf'{written}\s*"([a-z.]+)"', "\n".join(sources)))


def calls_of(name: str) -> list[str]:
    return found(rf"hooks\.{name}(?:\(|, )")


def test_every_point_is_at_one_place_of_the_source() -> None:
    named_in_rules = found(r"\bfailed=")
    assert sorted(calls_of("reached") + calls_of("skipped") + named_in_rules) == sorted(POINTS)


def test_a_step_is_left_out_where_it_is_said_that_it_can_be() -> None:
    assert calls_of("skipped") == sorted(SKIPPABLE)


def test_messaging_itself_names_no_point_of_the_shop() -> None:
    own = (ROOT / "apps" / "messaging" / "hooks" / "points.py").read_text()
    assert re.findall(r'"((?:order|mail)\.[a-z]+)"', own) == []


def test_a_point_is_harmless_until_something_is_attached() -> None:
    assert not skipped("job.heartbeat")


def test_what_is_attached_is_called_each_time_until_the_block_ends() -> None:
    calls: list[int] = []
    with hooks.attached("relay.claimed", lambda: calls.append(1)):
        reached("relay.claimed")
        reached("relay.claimed")
    reached("relay.claimed")
    assert calls == [1, 1]


def test_one_act_sees_every_point_and_the_messages_there_with_what_is_known_of_them() -> None:
    seen: list[tuple[str, list[object], dict[str, object]]] = []

    def watch(point: str, messages: Sequence[object], facts: Mapping[str, object]) -> bool:
        seen.append((point, list(messages), dict(facts)))
        return False

    hooks.attach_everywhere(watch)
    reached("relay.claimed", "first", "second", transport="sqs")
    assert seen == [("relay.claimed", ["first", "second"], {"transport": "sqs"})]


def test_it_can_ask_for_the_next_step_to_be_left_out() -> None:
    hooks.attach_everywhere(lambda point, *_: point == "job.heartbeat")
    assert skipped("job.heartbeat")
    assert not skipped("job.deleting")


def test_outside_the_demo_a_check_refuses_them(settings: Settings) -> None:
    settings.FAILPOINTS = "relay.claimed=exit"
    assert failpoints_are_the_demos_alone(None) == []
    settings.DEMO = False
    assert [each.id for each in failpoints_are_the_demos_alone(None)] == ["messaging.E001"]
    assert failpoints_are_the_demos_alone in set[object](registry.registered_checks)
