"""The experiments that pages of `docs` link to exist."""

import re
from pathlib import Path

from apps.lab.experiments import EXPERIMENTS

PRODUCTION = Path(__file__).parents[3] / "docs" / "production-reality.md"


def test_the_experiments_that_a_page_links_to_exist() -> None:
    links = re.findall(r"/lab/([\w-]+)/#experiment-([\w-]+)", PRODUCTION.read_text())
    assert len(links) > 5
    assert set(links) <= {(each.pattern, each.slug) for each in EXPERIMENTS}
