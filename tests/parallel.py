"""Tests on several cores, `pytest -n 2`: a file's tests stay together, for they share servers."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# All of them play with one demo, which they kill now and then.
WITH_THE_LIVE_SHOP = ("tests/acceptance/", "tests/system/")
WITH_A_DEMO_OF_ITS_OWN = "tests/system/test_demo.py"

LONGEST = [
    "the live shop",
    WITH_A_DEMO_OF_ITS_OWN,
    "tests/failures/test_relays.py",
    "tests/failures/test_killed_workers.py",
    "tests/messaging/test_job_worker.py",
    "tests/messaging/test_collector.py",
    "tests/notifications/test_celery.py",
    "tests/failures/test_order_life.py",
    "tests/orders_site/test_who_may_do_what.py",
    "tests/failures/test_away.py",
    "tests/failures/test_cluster.py",
    "tests/failures/test_jobs.py",
    "tests/messaging/test_consumer.py",
    "tests/messaging/test_tough_client.py",
    "tests/images/test_hostile_pictures.py",
    "tests/failures/test_consumers.py",
    "tests/images/test_image_resizer.py",
    "tests/failures/test_stopping.py",
]
"""They begin first, in this order: what is short fills the gaps in the end."""


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files, and what needs the live shop as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    if file.startswith(WITH_THE_LIVE_SHOP) and file != WITH_A_DEMO_OF_ITS_OWN:
        return "the live shop"
    return file


def place_in_line(item: pytest.Item) -> int:
    unit = unit_of(item.nodeid)
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place_in_line)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """xdist's own `--dist loadgroup` (3.8) does not see its groups under pytest 9.2."""
    config.option.loadscopereorder = False  # It would hand out first what has the most tests.
    return FileByFile(config, log)
