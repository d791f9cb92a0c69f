"""`/readyz` depends on what pages need, and not on figures of the status."""

import threading
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.messaging.models import WorkerInstance
from apps.messaging.operations import status
from apps.messaging.worker.bounded_wait import Probe

pytestmark = pytest.mark.django_db(transaction=True)

counted = threading.Event()
"""Set when the figures of this module may be returned."""


def figures() -> dict[str, float]:
    """Return nothing until `counted` is set: a count of a long backlog."""
    counted.wait(30)
    raise ValueError("these figures are wrong")


@pytest.fixture(autouse=True)
def uncountable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the figures above, and ask by new probes: an old one may still run."""
    monkeypatch.setattr(status, "_TABLES", Probe(status._tables))
    monkeypatch.setattr(status, "_DATABASE", Probe(status._database))
    settings.STATUS_PARTS = {"teas": __name__}
    counted.clear()


def test_figures_that_fail_leave_web_ready(client: Client) -> None:
    counted.set()
    assert client.get("/readyz").json() == {"ready": True}


def test_figures_that_take_long_leave_web_ready(client: Client, settings: Settings) -> None:
    settings.LONGEST_TIMES = replace(settings.LONGEST_TIMES, probe=5.0)
    try:
        assert client.get("/readyz").json() == {"ready": True}
    finally:
        counted.set()


def test_a_database_without_tables_makes_web_unready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkerInstance._meta, "db_table", "no_such_table")
    unready = client.get("/readyz")
    assert (unready.status_code, set(unready.json()["problems"])) == (503, {"database"})
