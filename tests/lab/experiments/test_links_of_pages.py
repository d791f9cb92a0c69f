"""The experiments that pages of `docs` link to exist, and the lab names the pages that teach."""

import re
from pathlib import Path

from django.urls import resolve

from apps.lab.experiments import EXPERIMENTS
from apps.lab.patterns import named
from apps.start_project.left_out import TEACHING

ROOT = Path(__file__).parents[3]
PAGES = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "examples" / "README.md"]
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


def test_the_map_names_the_pages_that_teach() -> None:
    named = set(re.findall(r"<code>((?:docs|examples)/[^<]+)</code>", MAP.read_text()))
    assert {"examples/README.md", *(f"docs/{page}" for page in TEACHING)} <= named
    assert [page for page in named if not (ROOT / page).is_file()] == []
