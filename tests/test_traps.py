"""`docs/traps.md` names tests that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TRAPS = ROOT / "docs" / "traps.md"


def named_tests() -> Iterator[tuple[str, str]]:
    """Yield file and test; a test without a file before it is in the file of the one before."""
    for row in TRAPS.read_text().splitlines():
        path = ""
        for word in re.findall(r"`(tests/\S+\.py|test_\w+)`", row.rpartition(" | ")[2]):
            if word.endswith(".py"):
                path = word
            else:
                yield path, word


def test_every_test_that_shows_a_trap_exists() -> None:
    named = list(named_tests())
    assert len(named) > 60
    missing = [
        (path, test)
        for path, test in named
        if not (ROOT / path).is_file() or f"def {test}(" not in (ROOT / path).read_text()
    ]
    assert missing == []
