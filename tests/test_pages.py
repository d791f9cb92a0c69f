"""Statements of the pages about files: every link has a target, and shown code is the source."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.test_words import DECODED

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    # Files of others are in folders with a dot, pages of a project without the shop in `instead`.
    if not any(part.startswith(".") or part == "instead" for part in page.relative_to(ROOT).parts)
)
EXAMPLE = ROOT / "docs" / "example"
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
PATH = re.compile(r"`((?:apps|tests|workers|orders_site|deploy|docs|findings)/[^`\s]*?)/?`")
YET_TO_BE_MADE = re.compile(
    r"YOURS|NAME|parcel_responder|tracking_consumer|label_printer|stock_lookup|van_lookup|orders_shipped|parcels_shipped|invoice_worker"
)
"""Part of the paths of files that a reader has to make."""
OTHER_FILES = [
    *("docker-compose.yml", ".env.example", "Makefile"),
    *(f"deploy/{file.name}" for file in sorted((ROOT / "deploy").iterdir()) if file.is_file()),
]
"""Their comments are in the same English as the pages."""
SHOWN = re.compile(r"^```python\n(# (\S+\.py): .*?)^```", re.MULTILINE | re.DOTALL)


@cache
def anchors(page: Path) -> set[str]:
    """Return the names of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.replace(" ", "-") for word in words}


def test_the_pages_are_found() -> None:
    assert {"README.md", "docs/index.md"} <= {str(page.relative_to(ROOT)) for page in PAGES}


def broken_links(page: Path) -> Iterator[str]:
    """Yield each link of a page to a file, or to a heading, that is not there."""
    for path, anchor in LINK.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)):
        if "://" in path or path.startswith("mailto:"):
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in anchors(there)
        ):
            yield f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [*broken_links(page)] == []


def test_every_page_of_docs_is_on_the_list_of_pages() -> None:
    listed = {path for path, _ in LINK.findall((ROOT / "docs" / "index.md").read_text())}
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert pages - listed == {"index.md"}


def shown_code(page: Path) -> Iterator[tuple[str, str]]:
    """Yield file and lines of each block of Python that begins with `# FILE: sentence`."""
    for found in SHOWN.findall(page.read_text()):
        parts = re.split(r"^# (\S+\.py): .*\n", found[0], flags=re.MULTILINE)[1:]
        yield from zip(parts[::2], parts[1::2], strict=True)


@pytest.mark.parametrize(
    ("page", "some"), [("README.md", 4), ("docs/testing.md", 6), ("docs/test-your-handler.md", 4)]
)
def test_code_that_a_page_shows_is_the_source(page: str, some: int) -> None:
    shown = list(shown_code(ROOT / page))
    assert len(shown) >= some  # A copy without a part shows less.
    assert [f for f, code in shown if code.strip("\n") not in (ROOT / f).read_text()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_use_no_forbidden_word(page: Path) -> None:
    """The subject stands first, and it is a thing or a person that the sentence names."""
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)
    assert DECODED.findall(text) == []


@pytest.mark.parametrize("name", OTHER_FILES)
def test_comments_use_no_forbidden_word(name: str) -> None:
    comments = re.findall(r"(?:#|--) (.*)$", (ROOT / name).read_text(), re.MULTILINE)
    assert comments
    assert DECODED.findall("\n".join(comments)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = PATH.findall(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    files = [each for each in named if not YET_TO_BE_MADE.search(each)]
    gone = [each for each in files if not list(ROOT.glob(each))]
    assert gone == []


def run_together(text: str) -> str:
    """Return the term without case, hyphens and underscores: `warm_cache`, WarmCache, wake-up."""
    return re.sub(r"[-_\s]+", "", text.lower())


def glossary() -> Iterator[tuple[list[str], Path]]:
    """Yield the names of each term, run together, and the file that its row links to."""
    page = ROOT / "docs" / "glossary.md"
    for terms, path in re.findall(r"^\| (\*\*.*?) \| .*\]\((.*)\) \|$", page.read_text(), re.M):
        names = re.split(r", | \(", terms.replace("*", "").rstrip(")"))
        yield [run_together(name) for name in names], page.parent / path


def test_the_glossary_is_in_order_and_explains_a_term_once() -> None:
    first = [names[0] for names, _ in glossary()]
    assert len(first) > 40
    assert first == sorted(set(first))


def test_each_term_is_used_in_the_file_that_the_glossary_names() -> None:
    unused = [
        names
        for names, file in glossary()
        if not any(map(run_together(f"{file.name} {file.read_text()}").__contains__, names))
    ]
    assert unused == []


def test_each_name_in_the_tour_is_in_the_file_beside_it() -> None:
    found = re.findall(
        r"^\| \d+ \| (.*) \| (.*) \|$", (ROOT / "docs" / "tour.md").read_text(), re.M
    )
    missing = []
    for files, look_for in found:
        text = "".join((ROOT / "docs" / path).read_text() for path, _ in LINK.findall(files))
        names = re.findall(r"`([\w.]+)(?:\(\))?`", look_for)
        assert names, "each row names something to look for"
        missing += [name for name in names if name not in text]
    assert len(found) == 12
    assert missing == []


def test_the_tour_says_how_many_files_it_has() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text()
    files = re.findall(r"\]\(([^)]*\.py)\)", tour)
    said = re.findall(r"they are (\w+) files", tour)
    assert said == (["seventeen"] if len(files) == 17 else [])


def test_an_orders_way_says_how_many_files_it_has() -> None:
    page = (ROOT / "docs" / "decisions.md").read_text()
    way = page.partition("## An order's way is eighteen files")[2].partition("By the pages")[0]
    assert len(re.findall(r"\]\([^)]*\.py\)", way)) == 18


def test_the_contents_of_decisions_are_its_headings() -> None:
    page = ROOT / "docs" / "decisions.md"
    listed = re.findall(r"^\* \[(.*)\]\(#", page.read_text(), re.M)
    assert listed == re.findall(r"^## (.*)$", page.read_text(), re.M)


def test_each_folder_of_an_app_that_is_listed_by_folders_has_a_row() -> None:
    page = (ROOT / "docs" / "where.md").read_text()
    listed = {Path(app, name) for app, name in re.findall(r"\]\(\.\./apps/(\w+)/(\w+)\)", page)}
    assert len(listed) > 10
    for app in {each.parts[0] for each in listed}:
        folders = {
            Path(app, file.parent.name) for file in (ROOT / "apps" / app).glob("*/__init__.py")
        }
        left_out = {each.name for each in folders - listed}
        assert left_out <= {"management", "migrations", "templatetags"}, app


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_name_behind_a_link_to_a_module_is_in_it(page: Path) -> None:
    named = re.findall(r"\]\(([^)\s]+\.py)\),? `(\w+)`", page.read_text())
    gone = [(path, name) for path, name in named if name not in (page.parent / path).read_text()]
    assert gone == []


def test_calls_in_the_steps_of_extending_are_those_of_its_example() -> None:
    page = (ROOT / "docs" / "extending.md").read_text()
    steps = page.partition("\n## An event\n")[2].partition("\n## In containers\n")[0]
    files = [*EXAMPLE.glob("apps/parcels/*.py"), *EXAMPLE.glob("workers/*.py")]
    example = re.sub(r"\s+", " ", "".join(file.read_text() for file in files))
    calls = re.findall(r"`((?:[\w.]+ = )?[\w.]+\([^`]*=[^`]*\)|run\([^`]*\))`", steps)
    assert len(calls) == 6
    assert [call for call in calls if " ".join(call.split()) not in example] == []
