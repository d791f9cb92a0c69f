"""What the pages say of files: every link leads somewhere, and code that is shown is the source."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    # What is not the repository's own lies in folders with a dot.
    if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
SHOWN = re.compile(r"^```python\n(# (\S+\.py): .*?)^```", re.MULTILINE | re.DOTALL)


@cache
def anchors(page: Path) -> set[str]:
    """Return the names of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.replace(" ", "-") for word in words}


def test_the_pages_are_found() -> None:
    assert {"README.md", "docs/index.md"} <= {str(page.relative_to(ROOT)) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for path, anchor in LINK.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)):
        if "://" in path or path.startswith("mailto:"):
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there)
        ):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def test_every_page_of_docs_is_on_the_list_of_pages() -> None:
    listed = {path for path, _ in LINK.findall((ROOT / "docs" / "index.md").read_text())}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert pages - listed == {"index.md"}


def test_code_that_the_readme_shows_is_the_source() -> None:
    (block,) = [found[0] for found in SHOWN.findall((ROOT / "README.md").read_text())]
    parts = re.split(r"^# (\S+\.py): .*\n", block, flags=re.MULTILINE)[1:]
    shown = dict(zip(parts[::2], parts[1::2], strict=True))
    assert len(shown) == 3
    for file, code in shown.items():
        assert code.strip("\n") in (ROOT / file).read_text(), file
