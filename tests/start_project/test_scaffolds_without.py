"""The commands for new messages in a copy without the shop, as its own page has them."""

import re
from pathlib import Path

import pytest

from tests.start_project.copies import copy_without
from tests.start_project.test_without import ALL, chosen
from tests.support.terminal import python

COMMANDS = re.compile(r"^\.venv/bin/python manage\.py (new_.+)$", re.MULTILINE)
CHECKS = ("check", "contracts --check", "makemigrations --check")


@pytest.fixture(
    scope="module",
    params=["sample-shop", pytest.param(ALL, marks=pytest.mark.slow)],
)
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which each command of the page was given once."""
    copy = copy_without(chosen(request.param), "tea_house", tmp_path_factory.mktemp("without"))
    commands = COMMANDS.findall((copy / "docs" / "extending.md").read_text())
    there = (copy / "apps" / "scaffold" / "management" / "commands").glob("new_*.py")
    assert {each.split()[0] for each in commands} == {path.stem for path in there}
    for command in commands:
        printed(copy, "manage.py", *command.split())
    return copy


def printed(copy: Path, *arguments: str) -> str:
    """Return what it prints. Fails if it fails."""
    done = python(copy, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("command", CHECKS)
def test_django_and_the_contracts_find_nothing(copy: Path, command: str) -> None:
    printed(copy, "manage.py", *command.split())


def test_ruff_finds_nothing(copy: Path) -> None:
    for command in ("check", "format --check"):
        printed(copy, "-m", "ruff", *command.split(), "--quiet", "--no-cache", ".")


@pytest.mark.slow
def test_the_tests_that_read_the_processes_pass(copy: Path) -> None:
    said = printed(
        copy, "-m", "pytest", "-q", "tests/parcels", "tests/deploy", "tests/test_words.py"
    )
    assert "[100%]" in said
