"""The switches that the pages offer."""

import pytest

from apps.lab import patterns
from apps.lab.faults.known_faults import KNOWN, named, of
from apps.messaging.hooks.faults import check_action


def test_each_fault_is_possible_at_its_hook() -> None:
    for known in KNOWN:
        check_action(known.point, known.action)


def test_each_fault_has_its_own_name() -> None:
    assert len({known.slug for known in KNOWN}) == len(KNOWN)
    assert all(named(known.slug) is known for known in KNOWN)


def test_each_fault_is_on_an_existing_page() -> None:
    slugs = {pattern.slug for pattern in patterns.PATTERNS}
    assert all(known.patterns and set(known.patterns) <= slugs for known in KNOWN)


@pytest.mark.parametrize("slug", [pattern.slug for pattern in patterns.PATTERNS])
def test_every_pattern_has_a_fault(slug: str) -> None:
    assert of(slug)
