"""Each line of a page that calls `manage.py` is one that the command's own parser takes."""

import re
import shlex
from collections.abc import Iterator

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from tests.support.page_commands import PAGES, ROOT, commands

MADE = re.compile(r'make manage ARGS="?([^"…`]+)[`"]')
CALLED = re.compile(r"(?:^|python )manage\.py (.+)", re.DOTALL)
NAMED = re.compile(r"manage\.py ([a-z_]+)")
OF_A_SHELL = re.compile(r"\s+[<>#].*$")


def lines() -> Iterator[tuple[str, str]]:
    """Yield page and what follows `manage.py`, without comments and redirections."""
    for page in PAGES:
        of_the_page = [command for where, command in commands() if where == page]
        found = [
            typed[1].removesuffix(')"') for each in of_the_page if (typed := CALLED.search(each))
        ]
        found += MADE.findall((ROOT / page).read_text())
        for line in dict.fromkeys(OF_A_SHELL.sub("", each) for each in found):
            yield page, line.strip()


LINES = [*lines()]


def command_named(name: str) -> BaseCommand:
    app = get_commands()[name]
    return app if isinstance(app, BaseCommand) else load_command_class(app, name)


def test_the_lines_are_found() -> None:
    assert ("docs/dead-letters.md", "dead_letters show 1") in LINES
    assert ("docs/differences.md", "seed --restore") in LINES
    assert len({page for page, _ in LINES}) > 5


@pytest.mark.parametrize(("page", "line"), LINES)
def test_the_command_takes_the_line(page: str, line: str) -> None:
    name, *words = shlex.split(line)
    command_named(name).create_parser("manage.py", name).parse_args(words)


def test_each_command_that_a_text_names_is_there() -> None:
    named = {name for page in PAGES for name in NAMED.findall((ROOT / page).read_text())}
    assert len(named) > 10
    assert named - get_commands().keys() == set()
