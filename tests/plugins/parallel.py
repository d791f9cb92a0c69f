"""Tests on several cores, `pytest -n 2`: a file's tests stay together, for they share servers."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Those of a folder play with one demo; those of the second kill it now and then.
WITH_A_LIVE_SHOP = ("tests/acceptance/", "tests/system/")
WITH_A_DEMO_OF_ITS_OWN = "tests/system/test_demo.py"

LONGEST = [
    "tests/acceptance/",
    WITH_A_DEMO_OF_ITS_OWN,
    "tests/messaging/jobs/test_worker.py",
    "tests/system/",
    "tests/messaging/handling/test_watchdog.py",
    "tests/notifications/test_celery.py",
    "tests/failures/test_consumers.py",
    "tests/messaging/handling/test_dead_letter_identity.py",
    "tests/orders_site/conf/test_environment.py",
    "tests/failures/test_killed_workers.py",
    "tests/notifications/test_put_off.py",
    "tests/orders_site/http/test_slow_served.py",
    "tests/notifications/test_celery_hanging.py",
    "tests/deploy/test_postgresql_rights.py",
    "tests/messaging/recovery/test_collector.py",
    "tests/orders_site/conf/test_demo_defaults.py",
    "tests/orders_site/checks/test_startup.py",
    "tests/lab/orders/test_reset.py",
    "tests/failures/test_brake.py",
    "tests/failures/test_jobs.py",
    "tests/lab/test_live.py",
    "tests/failures/test_paused_worker.py",
    "tests/images/test_image_resizer.py",
]
"""These files begin first, in this order: short ones fill the gaps at the end."""


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files, and a folder that shares a live shop as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    if file == WITH_A_DEMO_OF_ITS_OWN:
        return file
    return next((folder for folder in WITH_A_LIVE_SHOP if file.startswith(folder)), file)


def place_in_line(item: pytest.Item) -> int:
    unit = unit_of(item.nodeid)
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place_in_line)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """xdist's own `--dist loadgroup` (3.8) does not see its groups under pytest 9.2."""
    config.option.loadscopereorder = (
        False  # The default would begin with the files that have the most tests.
    )
    return FileByFile(config, log)
