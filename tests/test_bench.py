"""`make bench`: its list of figures, its arithmetic, and that page and picture show its results."""

import importlib
import json
import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.figures import FIGURES
from bench.kit import figures, page, picture, results
from bench.kit.figures import Case, Figure, Row, Spread
from tests.test_words import forbidden

ROOT = Path(__file__).parents[1]
MOST_OF_BEFORE = 1.05
"""Of the memory and of the start of the earlier build, as `make bench` measured them."""


def test_each_module_of_figures_is_on_the_list() -> None:
    modules = {path.stem for path in (ROOT / "bench" / "figures").glob("*.py")}
    assert modules - {"__init__"} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_each_module_on_the_list_has_a_figure(name: str) -> None:
    assert callable(importlib.import_module(f"bench.figures.{name}").figure)


def test_comments_docstrings_and_function_names_use_no_forbidden_word() -> None:
    found = {path: forbidden(path) for path in (ROOT / "bench").rglob("*.py")}
    assert {str(path): words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("program", ["bench", "bench.tracing"])
def test_a_history_without_the_build_is_an_error_in_one_line(program: str, tmp_path: Path) -> None:
    for folder in ("apps", "bench", "orders_site", "tests", "workers"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    code = (
        "import runpy; from pathlib import Path; from bench.kit import builds; "
        f"builds.ROOT = Path('.'); runpy.run_module('{program}', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("bench: the history lacks commit ")
    assert done.stderr.count("\n") == 1


def test_the_page_shows_the_results() -> None:
    shown = page.PAGE.read_text()
    assert page.with_figures(shown, results.load()) == shown


def test_the_picture_shows_the_results() -> None:
    assert picture.PICTURE.read_text() == picture.svg(results.load())


@pytest.mark.parametrize("title", ["Demo, memory of all processes", "Demo, first start"])
def test_the_demo_takes_no_more_than_the_earlier_build(title: str) -> None:
    (row,) = (each for each in results.load()["demo"]["rows"] if each["title"] == title)
    assert row["ratio"]["median"] <= MOST_OF_BEFORE


def test_the_results_are_written_in_order(tmp_path: Path) -> None:
    results.save(results.load(), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text() == results.RESULTS.read_text()
    assert json.loads(results.RESULTS.read_text())


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    samples = {
        "ours": [{"rate": 2.0}, {"rate": 30.0}, {"rate": 8.0}],
        "theirs": [{"rate": 1.0}, {"rate": 10.0}, {"rate": 2.0}],
    }
    row = Row(title="", case="ours", against="theirs")
    assert figures.ratio(samples, row) == Spread(median=3.0, low=2.0, high=4.0)


def test_a_round_without_a_figure_has_no_ratio() -> None:
    samples: figures.Rounds = {
        "ours": [{"rate": 2.0}, {"rate": 3.0}, {}],
        "theirs": [{"rate": 0.0}, {"rate": 1.0}, {"rate": 1.0}],
    }
    row = Row(title="", case="ours", against="theirs")
    assert figures.ratio(samples, row) == Spread(median=3.0, low=3.0, high=3.0)


def test_without_time_a_figure_has_three_rounds() -> None:
    figure = Figure(title="", cases=[Case(name="ours", run=lambda: {"rate": 1.0})], rows=[])
    said: list[str] = []
    for until, rounds in ((time.monotonic(), figures.LEAST_ROUNDS), (math.inf, 5)):
        samples = figures.measure(figure, rounds=5, until=until, say=said.append)
        assert len(samples["ours"]) == rounds


@pytest.mark.parametrize(("better", "kind"), [("higher", "better"), ("lower", "worse")])
def test_twice_as_much_is_better_or_worse(better: str, kind: str) -> None:
    twice = {"median": 2.0, "low": 2.0, "high": 2.0}
    row = {"title": "t", "against": "a", "better": better, "ratio": twice}
    assert f'<g class="{kind}">' in picture.svg({"relay": {"rows": [row]}})
