"""What tests of the lab's orders share."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from apps.lab.orders.load import Driver


@pytest.fixture
def driver(settings: Settings, tmp_path: Path) -> Driver:
    """A driver of the load, whose lock is its own."""
    settings.DEMO_DIR = tmp_path
    return Driver()
