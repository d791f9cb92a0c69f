"""Follows the guide of docs/extending.md in a copy: the remaining code works without the shop."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "extending.md"

pytestmark = pytest.mark.slow

LOOK = """
from django.test import Client
for path in ("/healthz", "/admin/login/", "/metrics", "/api/status", "/no-such-page"):
    print(path, Client().get(path).status_code)
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _first_part(), re.MULTILINE | re.DOTALL)


def _first_part() -> str:
    return GUIDE.read_text().partition("\n## An event\n")[0]


def edits() -> Iterator[tuple[str, str, str]]:
    """Yield file, lines that go and lines that come in their place, for each run of lines."""
    for block in blocks("diff"):
        for part in re.split(r"^--- ", block, flags=re.MULTILINE)[1:]:
            path, _, lines = part.partition("\n")
            for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)*)", lines, re.MULTILINE):
                yield path, re.sub("(?m)^-", "", old), re.sub(r"(?m)^\+", "", new)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    for name in listed:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    follow(folder)
    return folder


def follow(folder: Path) -> None:
    for block in blocks("sh"):
        for command in block.splitlines():
            subprocess.run(command.split(), cwd=folder, check=True)
    for name, old, new in edits():
        file = folder / name
        file.write_text(edited(file.read_text(), old.splitlines(), new.splitlines(), name=name))


def edited(text: str, old: list[str], new: list[str], *, name: str) -> str:
    """Replace the lines `old` by `new`; lines of `old` that are together are found together.

    The guide has no context lines and no numbers, so that other lines may change.
    """
    lines = text.splitlines()
    while old:
        count, at = next(
            (
                (count, at)
                for count in range(len(old), 0, -1)
                for at in range(len(lines))
                if lines[at : at + count] == old[:count]
            ),
            (0, 0),
        )
        assert count, f"docs/extending.md is out of date: {name} has no line {old[0]!r}"
        old = old[count:]
        lines[at : at + count] = [] if old else new
    return "\n".join([*lines, ""])


def manage(folder: Path, *arguments: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    nowhere = str(free_port())
    environment |= {"DEMO": "true", "DEMO_DIR": str(folder / ".demo")}
    environment |= {"NATS_PORT": nowhere, "AWS_PORT": nowhere, "LOG_LEVEL": "WARNING"}
    environment |= {"ALLOWED_HOSTS": "testserver", "DATABASE_URL": "sqlite:///alone.sqlite3"}
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_checks_and_migrations_find_nothing(copy: Path) -> None:
    assert "no issues" in manage(copy, "manage.py", "check")
    assert "No changes" in manage(copy, "manage.py", "makemigrations", "--check")


def test_no_code_that_is_left_names_an_app_that_is_gone(copy: Path) -> None:
    gone = [
        path.name for path in (ROOT / "apps").iterdir() if not (copy / "apps" / path.name).exists()
    ]
    # The lab's folder is looked for, so that it may go alone.
    names = re.compile(rf"apps[./]({'|'.join(name for name in gone if name != 'lab')})\b")
    left = [
        path
        for folder in ("apps", "orders_site", "workers")
        for path in (copy / folder).rglob("*")
        if path.suffix in {".py", ".html"}
    ]
    assert len(gone) >= 9
    assert [str(path) for path in left if names.search(path.read_text())] == []


def test_the_remaining_addresses_answer(copy: Path) -> None:
    manage(copy, "manage.py", "migrate", "--verbosity=0")
    output = manage(copy, "manage.py", "shell", "--no-imports", "--command", LOOK)
    statuses = dict(line.split() for line in output.splitlines() if line.startswith("/"))
    assert statuses.pop("/no-such-page") == "404"
    assert set(statuses.values()) == {"200"}
    assert len(statuses) == 4


def test_pruning_of_outbox_and_inbox_goes_on(copy: Path) -> None:
    output = manage(
        copy,
        "-c",
        "import workers, orders_site.celery as site;"
        "print([entry['task'] for entry in site.app.conf.beat_schedule.values()])",
    )
    assert "apps.messaging.tasks.clean_up" in output


def test_messaging_passes_its_tests_under_the_names_of_another_project(copy: Path) -> None:
    settings = copy / "orders_site" / "settings.py"
    ours, theirs = '{"prefix": "shop", "key": "order"}', '{"prefix": "kitchen", "key": "pot"}'
    assert ours in settings.read_text()
    settings.write_text(settings.read_text().replace(ours, theirs))
    output = manage(copy, "-m", "pytest", "tests/messaging", "-q", "-n", "2")
    assert "[100%]" in output


def test_the_other_tests_that_are_left_pass(copy: Path) -> None:
    output = manage(copy, "-m", "pytest", "tests", "-q", "-n", "2", "--ignore=tests/messaging")
    assert "[100%]" in output
