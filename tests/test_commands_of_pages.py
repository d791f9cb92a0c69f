"""Every command of the pages: what it names is there, and a test runs it, or a reason is given."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise

import pytest
from django.core.management import get_commands

from tests.deploy.compose_file import SERVICES
from tests.support.commands_run import NOT_RUN, NOT_TYPED, RUN
from tests.support.page_commands import PAGES, ROOT, commands

MAKEFILE = (ROOT / "Makefile").read_text()
READ_BY_THE_BENCH = "".join(file.read_text() for file in ROOT.glob("bench/*.py"))
CALLER_OF_A_COMMAND = re.compile(r"(?:\.venv/bin/)?python |manage\.py ")
COMMANDS = [*commands()]
OF_OUR_PAGES = [row for row in (*RUN, *NOT_RUN) if row[0] in ("*", *PAGES)]
in_the_whole_repository = pytest.mark.skipif(
    (ROOT / ".started-from").exists(),
    reason="a project that began as a copy may have left out pages, and tests of others",
)


def row_of(page: str, command: str) -> tuple[str, str] | None:
    """Return the row whose beginning is the longest; one of the page before one of all pages."""
    fits = [
        (begins != "*", len(begins), where != "*", (where, begins))
        for where, begins in OF_OUR_PAGES
        if where in ("*", page) and (begins == "*" or command.startswith(begins))
    ]
    return max(fits)[-1] if fits else None


ROWS = {(page, command): row_of(page, command) for page, command in COMMANDS}
RUN_FOR_ANOTHER_PAGE = {command for (_, command), row in ROWS.items() if row in RUN}


def test_the_commands_are_found() -> None:
    assert ("README.md", "docker compose up") in COMMANDS  # A block of a shell,
    assert ("docs/dead-letters.md", "manage.py dead_letters list") in COMMANDS  # a prompt,
    assert ("docs/differences.md", "docker compose down --volumes") in COMMANDS  # a sentence.
    assert len(COMMANDS) > 200
    assert len({page for page, _ in COMMANDS}) >= 15


@pytest.mark.parametrize(("where", "command"), COMMANDS)
def test_a_command_is_run_by_a_test_or_has_a_reason(where: str, command: str) -> None:
    assert ROWS[where, command] or command in RUN_FOR_ANOTHER_PAGE


@in_the_whole_repository
def test_each_row_is_about_a_command() -> None:
    assert {*OF_OUR_PAGES} - set(ROWS.values()) == set()
    assert RUN.keys() & NOT_RUN.keys() == set()


def run_together(text: str) -> str:
    """Return the text without what tells a line of a shell from a list of its words."""
    return re.sub(r"[\s\"',()\[\]\\]+", "", CALLER_OF_A_COMMAND.sub("", text))


@in_the_whole_repository
@pytest.mark.parametrize("row", [row for row in RUN if row in OF_OUR_PAGES], ids="-".join)
def test_the_file_of_a_row_names_the_page_or_has_its_lines(row: tuple[str, str]) -> None:
    text, typed = (ROOT / RUN[row]).read_text(), [c for (_, c), r in ROWS.items() if r == row]
    names_the_page = row[0].rpartition("/")[2] in text
    has_the_beginning = row[1] != "*" and run_together(row[1]) in run_together(text)
    has_the_lines = all(run_together(line) in run_together(text) for line in typed)
    assert (names_the_page or has_the_beginning or has_the_lines) != (row in NOT_TYPED)


def words_of(command: str) -> list[str]:
    """Return the words of a command as a shell reads them."""
    words = shlex.shlex(command, posix=True, punctuation_chars=";&|()")
    words.whitespace_split, words.commenters = True, ""
    return [*words]


def names_of(command: str) -> Iterator[tuple[str, str]]:
    """Yield kind and name of what a command needs in the repository."""
    words = words_of(command)
    after = dict(pairwise(words))
    if words and words[0] == "make" and len(words) > 1:
        yield from (("target", word) for word in words[1:] if re.fullmatch(r"[a-z-]+", word))
        yield from (("variable", word.partition("=")[0]) for word in words if "=" in word)
    if "manage.py" in after:
        yield "management command", after["manage.py"]
    for python in (word for word in words if word.endswith("python") and after.get(word) == "-m"):
        yield "module", words[words.index(python) + 2]
    if words[:2] == ["docker", "compose"]:
        yield from (("service", word) for word in words if word in SERVICES)
    yield from (("path", word) for word in words if re.match(r"(?:tests|apps|docs)/", word))


def is_there(kind: str, name: str) -> bool:
    match kind:
        case "target":
            return name in ("s",) or re.search(rf"^{name}:", MAKEFILE, re.MULTILINE) is not None
        case "variable":
            return f"$({name})" in MAKEFILE or f'"{name}"' in READ_BY_THE_BENCH
        case "management command":
            return name in get_commands()
        case "module":
            return name in MADE_BY_THE_READER or find_spec(name) is not None
        case "path":
            return name.startswith(MADE_BY_THE_READER) or bool([*ROOT.glob(name)])
    return True


MADE_BY_THE_READER = ("workers.$name", "apps/parcels", "tests/deliveries")
"""A page makes these first."""


@pytest.mark.parametrize(("where", "command"), COMMANDS)
def test_what_a_command_names_is_there(where: str, command: str) -> None:
    gone = [(kind, name) for kind, name in names_of(command) if not is_there(kind, name)]
    assert gone == []


def test_a_command_that_names_what_is_gone_is_found() -> None:
    names = [*names_of("make demos X=1"), *names_of(".venv/bin/python -m pytest tests/gone")]
    names += names_of("python manage.py gone")
    assert [name for kind, name in names if not is_there(kind, name)] == [
        *("demos", "X", "tests/gone", "gone"),
    ]
