"""Which tests are collected: on PostgreSQL, `TEST_DATABASE=postgresql`, those with a database."""

import os
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ALL_OF_A_KIND = {TESTS / "fuzz": "slow", TESTS / "browser": "browser"}
"""Folder → the mark of all its tests."""
ON_POSTGRESQL = os.environ.get("TEST_DATABASE") == "postgresql"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not load schemathesis or Playwright for tests that `-m` leaves out anyway."""
    mark, wanted = ALL_OF_A_KIND.get(collection_path), config.option.markexpr
    if mark and wanted and (mark not in wanted or f"not {mark}" in wanted):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect on PostgreSQL what would only repeat the run on SQLite."""
    if ON_POSTGRESQL:
        config.hook.pytest_deselected(
            items=[item for item in items if not depends_on_the_database(item)]
        )
        items[:] = [item for item in items if depends_on_the_database(item)]


def depends_on_the_database(item: pytest.Item) -> bool:
    """Return whether the test has pytest-django's mark, or starts processes on `postgresql_port`.

    Some of these have rows only for the sake of HTTP, a broker or a page, and other tests read and
    write the same tables on PostgreSQL: their mark is `one_database`. Acceptance tests use only
    addresses: one run is enough, and compose has PostgreSQL.
    """
    if item.get_closest_marker("one_database"):
        return False
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or "postgresql_port" in fixtures
