"""Each line of `docs/from-the-terminal.md`, typed into the terminal of the lab's page."""

from pathlib import Path

import pytest

from tests.acceptance.addresses import Addresses
from tests.acceptance.lab_terminal import IN_THE_PAGE
from tests.acceptance.nats_client import NatsClient
from tests.acceptance.terminal_page import Section
from tests.acceptance.test_from_the_terminal import SECTIONS, type_the_lines


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_the_lines_of_the_terminal_page_work_in_the_lab(
    section: Section, addresses: Addresses, nats: NatsClient, tmp_path: Path
) -> None:
    type_the_lines(section, IN_THE_PAGE, addresses, nats, tmp_path)
