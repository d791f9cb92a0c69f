"""Each two parts can be left out together: what both cut in one file fits."""

from collections import Counter
from itertools import combinations
from pathlib import PurePosixPath

import pytest

from apps.start_project.checkout import files_of
from apps.start_project.parts.offered import PARTS, parts_of
from apps.start_project.parts.taking_out import TakingOut
from tests.start_project.copies import ROOT

PAIRS = [*combinations(PARTS, 2)]
"""Three parts disagree only if two of them do."""


@pytest.mark.parametrize("names", PAIRS, ids=" ".join)
def test_two_parts_change_no_text_twice(names: tuple[str, str]) -> None:
    parts = parts_of(names)
    taking_out = TakingOut(parts, files_of(ROOT))
    tables = [table for part in parts for table in (part.cuts, *part.cuts_without.values())]
    named = Counter(path for table in tables for path in table)
    shared = [PurePosixPath(path) for path, count in named.items() if count > 1]
    for path in shared:
        if taking_out.place_of(path):
            taking_out.text_of(path, (ROOT / path).read_text())
