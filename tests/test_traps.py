"""`docs/traps.md`, and the longest times in `docs/operations.md`, name tests that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TRAPS = ROOT / "docs" / "traps.md"
OPERATIONS = ROOT / "docs" / "operations.md"


def named_tests(page: Path) -> Iterator[tuple[str, str]]:
    """Yield file and test; a test without a file before it is in the file of the one before."""
    for row in page.read_text().splitlines():
        path = ""
        for word in re.findall(r"`(tests/\S+\.py|test_\w+)`", row.rpartition(" | ")[2]):
            if word.endswith(".py"):
                path = word
            else:
                yield path, word


def missing(page: Path) -> list[tuple[str, str]]:
    """Return file and name of each test that the page names and that does not exist."""
    return [
        (path, test)
        for path, test in named_tests(page)
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text()
    ]


@pytest.mark.parametrize(("page", "least"), [(TRAPS, 60), (OPERATIONS, 15)], ids=["traps", "times"])
def test_every_test_that_is_named_exists(page: Path, least: int) -> None:
    assert len(list(named_tests(page))) > least
    assert missing(page) == []
