"""Every command of the pages: what it names is there, and a test runs it, or a reason is given."""

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.deploy.compose_file import SERVICES

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in ROOT.glob("docs/*.md"))]
BLOCK = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKEFILE = (ROOT / "Makefile").read_text()
READ_BY_THE_BENCH = "".join(file.read_text() for file in ROOT.glob("bench/*.py"))

RUN = {
    ("README.md", "docker compose up"): "tests/acceptance/compose.py",
    ("docs/cluster.md", "docker compose -f"): "tests/acceptance/test_cluster.py",
    ("README.md", "make demo"): "tests/demo/running.py",
    ("README.md", "curl "): "tests/system/test_readme.py",
    ("README.md", "make demo RELOAD=1"): "tests/demo/test_reloading.py",
    ("*", "make check"): "tests/scaffold/test_scaffolds_at_work.py",
    ("docs/extending.md", ".venv/bin/python manage.py"): "tests/start_project/test_copying.py",
    (
        "docs/extending.md",
        ".venv/bin/python manage.py new_",
    ): "tests/scaffold/test_scaffolds_at_work.py",
    ("docs/extending.md", "make manage"): "tests/scaffold/test_scaffolds_at_work.py",
    ("docs/lab.md", "*"): "tests/lab/test_deleting.py",
    ("docs/course.md", "*"): "tests/lab/course/test_lessons_at_work.py",
    ("docs/on-call.md", "sed "): "tests/deploy/test_alerts.py",
    ("docs/operations.md", "deploy/pin_images.sh"): "tests/deploy/test_images.py",
    ("docs/rotation.md", "nats-server"): "tests/deploy/test_rotation_at_brokers.py",
    ("docs/rotation.md", "aws "): "tests/deploy/test_rotation_at_brokers.py",
    ("docs/upgrading.md", "*"): "tests/start_project/test_upgrading.py",
    ("docs/first-event.md", "*"): "tests/test_first_event.py",
    ("docs/working-on-it.md", "make demo RELOAD=1"): "tests/demo/test_reloading.py",
    ("docs/working-on-it.md", "make demo WITHOUT="): "tests/demo/test_debugging.py",
    ("docs/working-on-it.md", "DEMO=true"): "tests/demo/test_debugging.py",
    ("docs/from-the-terminal.md", 'eval "$(make -s env)"'): "tests/acceptance/fixtures.py",
    ("docs/from-the-terminal.md", 'eval "$(docker compose'): "tests/acceptance/compose.py",
    ("docs/from-the-terminal.md", "docker compose run --rm terminal"): (
        "tests/acceptance/test_terminal_of_compose.py"
    ),
}
"""Page and beginning of a command → the file of tests, or of its fixtures, that runs it."""

NOT_RUN = {
    ("*", "make install"): "the packages of the tests stand in for it",
    ("*", "make test"): "the suite itself",
    ("*", "make help"): "it prints the Makefile",
    ("*", "make audit"): "needs the network",
    ("docs/differences.md", "docker compose"): "a person tries it, on what compose runs",
    ("docs/from-the-terminal.md", "make manage"): "tests/lab/faults runs the command",
    ("docs/from-the-terminal.md", "docker compose exec web"): "tests/lab/faults runs the command",
    ("docs/operations.md", "export SHOP_"): "the shop that it names is the reader's",
    ("docs/operations.md", ".venv/bin/python -m pytest"): "the shop that it tests is the reader's",
    ("docs/performance.md", "make bench"): "minutes; tests/test_bench.py has its parts",
    ("docs/testing.md", ".venv/bin/python -m pytest"): "the suite itself",
    ("docs/testing.md", "TEST_DATABASE=postgresql"): "the suite itself",
    ("docs/testing.md", "make prove"): "minutes; tests/demo/chaos, tests/grey, tests/cable",
    ("docs/tracing.md", "docker compose logs"): "needs Docker; test_follow.py reads such lines",
    ("docs/tracing.md", "make manage"): "tests/messaging/management runs the command",
    ("docs/tracing.md", "export OTEL_"): "tests/system/test_traces.py sets it for a demo",
    ("docs/tracing.md", "docker compose --profile observe"): "its image is another project's",
}
"""Page and beginning of a command → why no test runs it."""


def commands() -> Iterator[tuple[str, str]]:
    """Yield page and command, without comments; a command may go on in the next lines."""
    for page in PAGES:
        for block in BLOCK.findall((ROOT / page).read_text()):
            command = ""
            for line in block.splitlines():
                command = f"{command}\n{line}".lstrip()
                if is_whole(command):
                    yield page, re.sub(r"\s+# .*$", "", command)
                    command = ""
            assert not command, f"{page} has a command without an end: {command}"


def is_whole(command: str) -> bool:
    """Return whether a shell would run the command, and not wait for its next line."""
    try:
        shlex.split(command, comments=True)
    except ValueError:
        return False
    return not command.endswith("\\")


COMMANDS = [*commands()]


def rows_of(page: str, command: str, table: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Return the rows for a command: of its page by name, and of all pages."""
    return [
        (where, begins)
        for where, begins in table
        if where in ("*", page) and (begins == "*" or command.startswith(begins))
    ]


def test_the_commands_are_found() -> None:
    assert ("README.md", "docker compose up") in COMMANDS
    assert len(COMMANDS) > 40
    assert len({page for page, _ in COMMANDS}) >= 8


@pytest.mark.parametrize(("where", "command"), COMMANDS)
def test_a_command_is_run_by_a_test_or_has_a_reason(where: str, command: str) -> None:
    assert rows_of(where, command, RUN) or rows_of(where, command, NOT_RUN)


@pytest.mark.parametrize("table", [RUN, NOT_RUN], ids=["run", "not run"])
def test_each_row_is_about_a_command(table: dict[tuple[str, str], str]) -> None:
    used = {row for page, command in COMMANDS for row in rows_of(page, command, table)}
    assert set(table) - used == set()


def test_a_command_that_is_run_needs_no_reason() -> None:
    both = [
        (page, command)
        for page, command in COMMANDS
        if rows_of(page, command, RUN) and rows_of(page, command, NOT_RUN)
    ]
    # In the blocks of these pages it stands for the packages of the tests.
    assert {command for _, command in both} <= {"make install"}


@pytest.mark.parametrize("file", sorted(set(RUN.values())))
def test_what_runs_a_command_is_there(file: str) -> None:
    assert (ROOT / file).exists()


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
