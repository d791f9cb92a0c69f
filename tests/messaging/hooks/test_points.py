import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from apps.messaging import hooks
from apps.messaging.checks import failpoints_are_the_demos_alone
from apps.messaging.hooks import points
from apps.messaging.hooks.points import POINTS, SKIPPABLE, reached, skipped
from apps.messaging.pubsub.core_message import CoreMessage

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_attached() -> Iterator[None]:
    yield
    hooks.detach()
    hooks.attach_everywhere(None)


def found(written: str) -> list[str]:
    # What stands in a copy instead of a part does not run here.
    paths = (path for path in (ROOT / "apps").rglob("*.py") if "instead" not in path.parts)
    sources = [path.read_text() for path in paths]
    return sorted(re.findall(rf'{written}\s*"([a-z.]+)"', "\n".join(sources)))


def calls_of(name: str) -> list[str]:
    """Return the points that are named in calls: of the function, and of a message's method."""
    return found(rf"\.{name}\(")


def test_every_hook_point_is_reached_at_one_place() -> None:
    named_in_rules = found(r"\bhook=")
    assert sorted(calls_of("reached") + calls_of("skipped") + named_in_rules) == sorted(POINTS)


def test_a_message_reaches_a_hook_as_the_functions_do() -> None:
    seen: list[tuple[str, list[object], dict[str, object]]] = []

    def watch(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> bool:
        seen.append((point, list(messages), dict(attributes)))
        return point == "core.publishing"

    hooks.attach_everywhere(watch)
    message = CoreMessage("teas.brewed", {}, b"{}")
    message.reached("core.heard", late=1)
    assert message.skipped("core.publishing")
    assert seen == [("core.heard", [message], {"late": 1}), ("core.publishing", [message], {})]


def test_an_app_declares_its_hooks_in_its_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "POINTS", {**POINTS})
    monkeypatch.setattr(points, "SKIPPABLE", {**SKIPPABLE})
    tea = SimpleNamespace(hook_points={"tea.poured": "the cup is full"})
    with pytest.raises(ImproperlyConfigured):
        hooks.check_point("tea.poured")
    hooks.add_points_of(tea)
    hooks.check_point("tea.poured")
    hooks.add_points_of(SimpleNamespace(skippable_points={"tea.poured": "it stays empty"}))
    assert points.SKIPPABLE["tea.poured"] == "it stays empty"


def test_only_skippable_points_call_skipped() -> None:
    assert calls_of("skipped") == sorted(SKIPPABLE)


def test_messaging_names_no_hook_point_of_the_shop() -> None:
    own = (ROOT / "apps" / "messaging" / "hooks" / "points.py").read_text()
    assert re.findall(r'"((?:order|mail)\.[a-z]+)"', own) == []


def test_a_hook_point_does_nothing_until_a_hook_is_attached() -> None:
    assert not skipped("job.heartbeat")


def test_an_attached_hook_is_called_until_its_block_ends() -> None:
    calls: list[int] = []
    with hooks.attached("relay.claimed", lambda: calls.append(1)):
        reached("relay.claimed")
        reached("relay.claimed")
    reached("relay.claimed")
    assert calls == [1, 1]


def test_a_hook_at_every_point_gets_its_messages_and_attributes() -> None:
    seen: list[tuple[str, list[object], dict[str, object]]] = []

    def watch(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> bool:
        seen.append((point, list(messages), dict(attributes)))
        return False

    hooks.attach_everywhere(watch)
    reached("relay.claimed", "first", "second", transport="sqs")
    assert seen == [("relay.claimed", ["first", "second"], {"transport": "sqs"})]


def test_a_hook_can_skip_the_next_step() -> None:
    hooks.attach_everywhere(lambda point, *_: point == "job.heartbeat")
    assert skipped("job.heartbeat")
    assert not skipped("job.deleting")


def test_a_system_check_rejects_failpoints_outside_the_demo(settings: Settings) -> None:
    settings.FAILPOINTS = "relay.claimed=exit"
    assert failpoints_are_the_demos_alone(None) == []
    settings.DEMO = False
    assert [each.id for each in failpoints_are_the_demos_alone(None)] == ["messaging.E001"]
    assert failpoints_are_the_demos_alone in set[object](registry.registered_checks)
