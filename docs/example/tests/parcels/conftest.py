"""Fixtures of the tests of parcels."""

import pytest

from apps.parcels import client


@pytest.fixture(autouse=True)
def patient_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for an answer: on a busy machine it may come late."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 10.0)
