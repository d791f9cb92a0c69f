"""A real terminal on the brokers of the test, beside the one of the page."""

from pathlib import Path

import pytest

from tests.lab.terminal.real_tools import RealTerminal


@pytest.fixture
def real(nats_server: object, sqs_server: object, tmp_path: Path) -> RealTerminal:
    return RealTerminal(folder=tmp_path)
