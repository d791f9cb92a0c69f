"""Which tests stay in one process, for they share servers, and which begin first."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

# Those of a folder play with one demo; those of the second kill it now and then.
WITH_A_LIVE_SHOP = ("tests/acceptance/", "tests/system/")
WITH_A_DEMO_OF_ITS_OWN = "tests/system/test_demo.py"

KEPT = Path(__file__).with_name("durations.json")
"""File, or folder with one live shop → its seconds in the last `make durations`, longest first."""
DURATIONS: dict[str, int] = json.loads(KEPT.read_text())


def unit_of(nodeid: str) -> str:
    """Return the file of the test, or the folder that shares a live shop as if it were one file."""
    file = nodeid.partition("::")[0]
    if file == WITH_A_DEMO_OF_ITS_OWN:
        return file
    return next((folder for folder in WITH_A_LIVE_SHOP if file.startswith(folder)), file)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-durations", action="store_true", help=f"write {KEPT.name}")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.keep_durations:
        config.pluginmanager.register(Durations(KEPT))


class Durations:
    """Adds up the seconds of each unit, with its fixtures, and writes them to a file at the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[unit_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        longest_first = sorted(self._seconds.items(), key=lambda each: -each[1])
        kept = {unit: round(seconds) for unit, seconds in longest_first if round(seconds)}
        self._file.write_text(json.dumps(kept, indent=2) + "\n")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest units: short ones fill the gaps at the end."""
    items.sort(key=lambda item: -DURATIONS.get(unit_of(item.nodeid), 0))
