"""Figures of the lab on the pages, compared with those in the code."""

import re
from pathlib import Path

import pytest

from apps.lab.experiments import EXPERIMENTS
from apps.lab.feed.feed import KEPT
from apps.lab.feed.hops import MOST_A_SECOND, MOST_COUNTED_A_SECOND
from apps.lab.orders.load import GROUPS
from apps.lab.pages.stream import MOST
from apps.lab.services import MOST_ORDERS
from apps.lab.terminal.tool import Tool
from apps.lab.terminal.tools import AWS, NATS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("page", "words", "in_code", "said"),
    [
        ("README.md", "one of 24 experiments", len(EXPERIMENTS), 24),
        ("docs/lab.md", "at most 250 a second for each process", MOST_A_SECOND, 250),
        ("docs/lab.md", "150 more", MOST_COUNTED_A_SECOND, 150),
        ("docs/lab.md", "keeps the last 4,000 hops", KEPT, 4000),
        ("docs/lab.md", "to 16 windows at most", MOST, 16),
        ("docs/lab.md", "a load of up to 50 orders a second", MOST_ORDERS, 50),
        ("docs/lab.md", "five orders of each second are shown", GROUPS, 5),
        ("apps/lab/templates/lab/_way.html", "keeps the last 4,000", KEPT, 4000),
    ],
)
def test_a_figure_of_a_page_is_the_codes(page: str, words: str, in_code: int, said: int) -> None:
    assert words in re.sub(r"\s+", " ", (ROOT / page).read_text())
    assert in_code == said


@pytest.mark.parametrize("tool", [NATS, AWS], ids=lambda tool: tool.name)
def test_the_page_names_each_command_of_the_terminal(tool: Tool) -> None:
    page = re.sub(r"\s+", " ", (ROOT / "docs/lab.md").read_text())
    groups = "|".join({command.words[0] for command in tool.commands if len(command.words) > 1})
    named = re.findall(rf"`{tool.name} ((?:(?:{groups}) )?)([\w-]+(?: \| [\w-]+)+)`", page)
    words = {(*group.split(), word) for group, those in named for word in those.split(" | ")}
    assert words == {command.words for command in tool.commands}
