"""The order in which files of tests begin, when several processes run them."""

import json
from pathlib import Path

import pytest

from tests.plugins.parallel import DURATIONS, Durations, unit_of


def ran(nodeid: str, seconds: float) -> pytest.TestReport:
    return pytest.TestReport(nodeid, ("", 0, ""), {}, "passed", None, "call", duration=seconds)


def test_the_longest_files_are_kept_with_their_seconds(tmp_path: Path) -> None:
    durations = Durations(tmp_path / "kept.json")
    for report in [
        ran("tests/a.py::test_one", 0.3),
        ran("tests/b.py::test_one", 1.4),
        ran("tests/b.py::test_two", 1.2),
        ran("tests/system/test_parts.py::test_one", 2.0),
        ran("tests/system/test_whole.py::test_one", 2.0),
    ]:
        durations.pytest_runtest_logreport(report)
    durations.pytest_sessionfinish()
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert list(kept.items()) == [("tests/system/", 4), ("tests/b.py", 3)]


def test_durations_are_kept_for_what_one_process_runs() -> None:
    assert DURATIONS
    assert [unit for unit in DURATIONS if unit != unit_of(f"{unit}::test")] == []
