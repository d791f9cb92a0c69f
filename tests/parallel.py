"""Tests on several cores, `pytest -n 2`: a file's tests stay together, for they share servers."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# All of them play with one demo, which they kill now and then.
WITH_THE_LIVE_SHOP = ("tests/acceptance/", "tests/system/")
WITH_A_DEMO_OF_ITS_OWN = "tests/system/test_demo.py"


class FileByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out whole files, and what needs the live shop as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(WITH_THE_LIVE_SHOP) and file != WITH_A_DEMO_OF_ITS_OWN:
            return "the live shop"
        return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """xdist's own `--dist loadgroup` (3.8) does not see its groups under pytest 9.2."""
    return FileByFile(config, log)
