"""A copy without the shop, in which the example is installed: its demo sends a parcel."""

from pathlib import Path

import pytest

from tests.start_project.copies import copy_without
from tests.start_project.test_copy_at_work import (
    ENDED_WITHIN_SECONDS,
    NAME,
    READY_WITHIN_SECONDS,
)
from tests.start_project.test_without import chosen
from tests.support.terminal import Terminal
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["sample-shop", "all of them"])
def test_its_demo_prints_the_label_of_a_parcel_and_makes_its_notice(
    name: str, tmp_path: Path
) -> None:
    terminal = Terminal(copy_without(chosen(name), NAME, tmp_path))
    with terminal.running("python manage.py demo"):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        sent = terminal.asked("/api/parcels", {"address": "1 Quay Lane"})
        done = {"label": "To: 1 Quay Lane", "noticed": True}
        eventually(
            lambda: terminal.asked(f"/api/parcels/{sent['id']}") == done,
            within=ENDED_WITHIN_SECONDS,
            what=terminal.said,
        )
        assert f"\n{NAME}_outbox_unsent " in terminal.page("/metrics")
