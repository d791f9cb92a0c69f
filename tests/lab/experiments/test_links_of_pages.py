"""The experiments that pages of `docs` link to exist, and the lab names the pages that teach."""

import re
from pathlib import Path

import pytest
from django.urls import resolve

from apps.lab.experiments import EXPERIMENTS
from apps.lab.patterns import named
from apps.start_project.left_out import TEACHING

ROOT = Path(__file__).parents[3]
PAGES = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "examples" / "README.md"]
RUNS = r"<http://127\.0\.0\.1:8000/lab/\S+/(?:#experiment-\S+)?>"
PAGE, CODE = r"\[.+\]\(\S*\.md(?:#\S+)?\)", r"\[`.+`\]\(\.\./apps/\S+\.py\)"
EXPERIMENT = r"\[.+\]\(http://127\.0\.0\.1:8000/lab/\S+/#experiment-\S+\)"
TEST = r"`tests/\S+\.py` `test_\w+`"
MAP = ROOT / "apps" / "lab" / "templates" / "lab" / "map.html"


def test_the_experiments_that_a_page_links_to_exist() -> None:
    text = "".join(page.read_text() for page in PAGES)
    links = re.findall(r"/lab/([\w-]+)/#experiment-([\w-]+)", text)
    assert len(links) > 5
    assert set(links) <= {(each.pattern, each.slug) for each in EXPERIMENTS}


def test_the_pages_of_the_lab_that_a_page_links_to_exist() -> None:
    text = "".join(page.read_text() for page in PAGES)
    links = set(re.findall(r":8000(/lab/[\w/-]+)", text))
    assert len(links) > 5
    for path in links:
        found = resolve(path)
        assert found.url_name != "pattern" or named(found.kwargs["slug"]), path


def table(page: str, head: str) -> list[list[str]]:
    """Return the cells of each row of the page's table with that head."""
    text = (ROOT / "docs" / page).read_text()
    (rows,) = re.findall(rf"^{re.escape(head)}\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split(" |")] for row in rows.splitlines()]


@pytest.mark.parametrize(
    ("page", "head", "in_its_columns"),
    [
        ("which-one-when.md", "| you need | take | not | see it run |", [".", ".", ".", RUNS]),
        (
            "production-reality.md",
            "| what happens | here | page | code | experiment | test |",
            [".", ".", PAGE, CODE, EXPERIMENT, TEST],
        ),
    ],
)
def test_each_row_has_what_its_columns_promise(
    page: str, head: str, in_its_columns: list[str]
) -> None:
    rows = table(page, head)
    assert len(rows) > 5
    lacks = [
        (row[0], column)
        for row in rows
        for column, (cell, shape) in enumerate(zip(row, in_its_columns, strict=True))
        if not re.match(shape, cell)
    ]
    assert lacks == []


def test_the_map_names_the_pages_that_teach() -> None:
    named = set(re.findall(r"<code>((?:docs|examples)/[^<]+)</code>", MAP.read_text()))
    assert {"examples/README.md", *(f"docs/{page}" for page in TEACHING)} <= named
    assert [page for page in named if not (ROOT / page).is_file()] == []
