"""Figures of settings: the pages agree with `.env.example`, and this agrees with the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^#([A-Z][A-Z0-9_]*)=(\d+(?:\.\d+)?)$", re.MULTILINE)
OUTSIDE_THE_DEMO = {
    "demo": False,
    "DEMO": False,
    "on_sqlite": False,
    "PORT": 8000,
    "inbox": 14,
    "max": max,
}
"""What the defaults in the code are made from."""


def shown_in_the_example() -> dict[str, float]:
    """Return the numbers. What is set there is production's own, and no default: it is left out."""
    found = EXAMPLE.findall((ROOT / ".env.example").read_text())
    return {name: float(value) for name, value in found}


def defaults_in_the_code() -> Iterator[tuple[str, Any]]:
    """Yield name and value of each `env.kind("NAME", default=...)` that is a number."""
    for path in (ROOT / "orders_site").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="env"), attr="int" | "float"),
                    args=[ast.Constant(value=str(name)), *rest],
                    keywords=keywords,
                ):
                    given = rest + [each.value for each in keywords if each.arg == "default"]
                    for default in given[:1]:
                        yield name, eval(ast.unparse(default), {}, OUTSIDE_THE_DEMO)


def test_the_example_shows_the_defaults_of_the_code() -> None:
    shown, defaults = shown_in_the_example(), dict(defaults_in_the_code())
    both = shown.keys() & defaults.keys()
    assert len(both) > 20
    assert {name: shown[name] for name in both} == {name: defaults[name] for name in both}


def rows(page: str, figures: str) -> Iterator[tuple[str, str]]:
    """Yield the cells below `figures` and below "setting" of each table that has both."""
    columns: list[str] = []
    for line in (ROOT / page).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells
        elif {figures, "setting"} <= set(columns) and len(cells) == len(columns):
            yield cells[columns.index(figures)], cells[columns.index("setting")]


def test_tables_of_operations_show_the_defaults() -> None:
    shown, compared, wrong = shown_in_the_example(), set(), {}
    for unit in ("seconds", "days"):
        for figure, setting in rows("docs/operations.md", unit):
            numbers = {float(each) for each in re.findall(r"\d+(?:\.\d+)?", figure)}
            # "else `NAME`" says what holds where the row's own figure is not given.
            for name in re.findall(r"(?<!else )`([A-Z][A-Z0-9_]+)`", setting):
                compared.add(name)
                if name in shown and shown[name] not in numbers:
                    wrong[name] = figure
    assert {"HANDLER_SECONDS", "DATABASE_LOCK_SECONDS", "MAILS_DAYS"} <= compared
    assert wrong == {}
