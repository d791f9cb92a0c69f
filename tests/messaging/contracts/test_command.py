"""`manage.py contracts`: it writes the folder, finds what is old, and judges a change."""

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from apps.messaging.contracts.declaring import Contract, event
from tests.messaging.contracts import teas
from tests.messaging.support.events import TeaBrewed, make_consumer

type Schema = dict[str, Any]

EVENT, REQUEST = "events/teas.brewed.v1.json", "requests/kitchen.how_long.v1.json"


class TeaBrewedAgain(TeaBrewed):
    """Another version of the event."""

    version = 2


BREWED_AGAIN = make_consumer(print)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A folder as the last release has left it."""
    teas.declare(settings)
    teas.write_examples(tmp_path)
    contracts(tmp_path, release=True)
    return tmp_path


def contracts(folder: Path, **options: bool) -> str:
    said = StringIO()
    call_command("contracts", folder=folder, stdout=said, **options)
    return said.getvalue()


def released(folder: Path, name: str, **properties: object) -> None:
    """Let the last release have had these properties too, or None for one that it had not."""
    path = folder / "released" / name
    schema: Schema = json.loads(path.read_text())
    for field, each in properties.items():
        if each is None:
            del schema["properties"][field]
            schema["required"].remove(field)
        else:
            schema["properties"][field] = each
    path.write_text(json.dumps(schema))


def all_files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written_is_current_and_the_same_each_time(folder: Path) -> None:
    written = all_files(folder)
    assert contracts(folder, check=True) == "The contracts are those of the last release.\n"
    contracts(folder)
    assert all_files(folder) == written
    assert {EVENT, "README.md", "asyncapi.json"} <= {
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
    }


def test_each_message_has_a_row_with_those_who_write_and_read_it(folder: Path) -> None:
    page = (folder / "README.md").read_text()
    assert (
        "| `teas.brewed` | 1 | `TEAS` | `kitchen` | `drinker` | "
        "[`TeaBrewed`](events/teas.brewed.v1.json), [example](examples/events/teas.brewed.v1.json)"
    ) in page
    assert "| queue `cups-dlq` | jobs that SQS gave up | `dead_letter_collector` |" in page
    for name in teas.EXAMPLES:
        assert f"({name}.json)" in page


@pytest.mark.parametrize("name", [EVENT, "README.md", "asyncapi.json"])
def test_a_file_that_is_changed_or_missing_is_named(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(path.read_text() + "\n")
    with pytest.raises(CommandError, match=f"not what the code says: {name} in"):
        contracts(folder, check=True)
    path.unlink()
    with pytest.raises(CommandError, match=f"not what the code says: {name} in"):
        contracts(folder, check=True)


def test_a_file_of_a_message_that_is_gone_is_found_and_deleted(folder: Path) -> None:
    gone = folder / "events" / "teas.spilt.v1.json"
    gone.write_text("{}")
    with pytest.raises(CommandError, match=r"events/teas\.spilt\.v1\.json"):
        contracts(folder, check=True)
    contracts(folder)
    assert not gone.exists()


def test_a_compatible_change_is_said_and_passes(folder: Path) -> None:
    released(folder, REQUEST, tea={"type": "string", "maxLength": 5})
    assert contracts(folder, check=True) == (
        "COMPATIBLE requests/kitchen.how_long.v1: tea has maxLength none, and had 5\n"
    )


@pytest.mark.parametrize(
    ("name", "field", "schema", "verdict"),
    [
        (EVENT, "milk", {}, "BREAKING events/teas.brewed.v1: milk is removed; it hits drinker"),
        (EVENT, "cups", None, "cups is new and required; it hits drinker"),
        (REQUEST, "tea", None, "tea is new and required; it hits waiter"),
        ("answers/kitchen.how_long.v1.json", "egg", {}, "egg is removed; it hits waiter"),
        ("jobs/cups.v1.json", "cup", {"type": "string"}, "may be integer now; it hits washer"),
    ],
)
def test_a_breaking_change_names_the_field_and_whom_it_hits(
    folder: Path, name: str, field: str, schema: object, verdict: str
) -> None:
    released(folder, name, **{field: schema})
    said = StringIO()
    with pytest.raises(CommandError, match="a released version may not change so"):
        call_command("contracts", folder=folder, check=True, stdout=said)
    assert verdict in said.getvalue()
    contracts(folder, release=True)
    assert "BREAKING" not in contracts(folder, check=True)


@pytest.fixture
def declared_as(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    def declare(own: Sequence[Contract]) -> None:
        monkeypatch.setattr(teas, "CONTRACTS", tuple(own))

    return declare


def test_a_message_that_is_gone_hits_those_who_read_it(folder: Path, declared_as: Any) -> None:
    declared_as(teas.CONTRACTS[1:])
    said = StringIO()
    with pytest.raises(CommandError, match="may not change so"):
        call_command("contracts", folder=folder, stdout=said)
    assert said.getvalue() == "BREAKING events/teas.brewed.v1: is gone; it hits drinker\n"


def test_a_new_version_breaks_no_one(folder: Path, declared_as: Any) -> None:
    declared_as([*teas.CONTRACTS, event(TeaBrewedAgain, producers=["kitchen"])])
    example = folder / "examples/events/teas.brewed.v2.json"
    with pytest.raises(CommandError, match=r"teas\.brewed\.v2\.json is missing: write one message"):
        contracts(folder)
    example.write_text('{"cups": "many"}')
    with pytest.raises(CommandError, match="is unreadable: not a TeaBrewedAgain: cups"):
        contracts(folder)
    example.write_text('{"cups": 3}')
    assert contracts(folder) == "COMPATIBLE events/teas.brewed.v2: is new\n"


def test_a_project_without_contracts_needs_no_folder(tmp_path: Path, settings: Settings) -> None:
    settings.MESSAGING_CONTRACTS = []
    none = tmp_path / "none"
    assert "last release" in contracts(none, check=True)
    contracts(none)
    assert not none.exists()
