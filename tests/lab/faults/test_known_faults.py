"""The switches that the pages offer."""

import pytest

from apps.lab import patterns
from apps.lab.faults.known_faults import KNOWN, named, of
from apps.messaging.hooks.faults import check_action


def test_each_can_be_done_where_it_says() -> None:
    for known in KNOWN:
        check_action(known.point, known.action)


def test_each_has_a_name_of_its_own() -> None:
    assert len({known.slug for known in KNOWN}) == len(KNOWN)
    assert all(named(known.slug) is known for known in KNOWN)


def test_each_is_on_the_page_of_a_pattern_that_is_there() -> None:
    slugs = {pattern.slug for pattern in patterns.PATTERNS}
    assert all(known.patterns and set(known.patterns) <= slugs for known in KNOWN)


@pytest.mark.parametrize("slug", [pattern.slug for pattern in patterns.PATTERNS])
def test_every_pattern_can_be_broken(slug: str) -> None:
    assert of(slug)
