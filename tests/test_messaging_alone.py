"""Follows docs/extending.md in a copy: the remaining code works without the shop, and can grow."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.follow_guide import OutOfDate, blocks, edit, follow
from tests.support.ports import free_port
from tests.support.terminal import Terminal, of_a_reader
from tests.support.waiting import eventually

ROOT = Path(__file__).parent.parent
READY_WITHIN_SECONDS = 30.0

pytestmark = pytest.mark.slow

LOOK = """
from django.test import Client
for path in ("/healthz", "/admin/login/", "/metrics", "/api/status", "/no-such-page"):
    print(path, Client().get(path).status_code)
"""
CLEAN_UP = "import orders_site.celery, apps.messaging.tasks as tasks; tasks.clean_up.delay()"


def follow_there(part: str, folder: Path) -> None:
    """Run the copy's own command, as a reader does: the first part must leave it for the second."""
    command = next(text for _, text in blocks(part) if "tests.follow_guide" in text)
    words = command.split()
    assert words[0] == ".venv/bin/python"
    subprocess.run([sys.executable, *words[1:]], cwd=folder, env=of_a_reader(), check=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository without the shop."""
    folder = tmp_path_factory.mktemp("alone")
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    for name in listed:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    follow_there("alone", folder)
    return folder


@pytest.fixture
def grown(copy: Path, tmp_path: Path) -> Path:
    """The same with the app of the page's example, which has no migration yet."""
    folder = tmp_path / "grown"
    shutil.copytree(copy, folder)
    follow_there("example", folder)
    return folder


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
    assert '{"prefix": "post", "key": "parcel"}' in (copy / "orders_site/settings.py").read_text()
    output = manage(copy, "-m", "pytest", "tests/messaging", "-q", "-n", "2")
    assert "[100%]" in output


def test_the_other_tests_that_are_left_pass(copy: Path) -> None:
    output = manage(copy, "-m", "pytest", "tests", "-q", "-n", "2", "--ignore=tests/messaging")
    assert "[100%]" in output


def make_check(folder: Path) -> None:
    """Run it with the packages of these tests, whether or not they are the newest."""
    command = ["make", f"--assume-old={sys.prefix}/.installed-dev", f"VENV={sys.prefix}", "check"]
    done = subprocess.run(
        command, check=False, cwd=folder, env=of_a_reader(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_check_passes(copy: Path) -> None:
    make_check(copy)


def test_the_example_passes_make_check_and_the_tests_of_the_architecture(grown: Path) -> None:
    manage(grown, "manage.py", "makemigrations", "parcels")
    make_check(grown)
    assert "[100%]" in manage(grown, "-m", "pytest", "tests/test_architecture.py", "-q")


def test_the_page_shows_how_to_begin_and_start_its_example(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy, tmp_path / "begun")
    terminal = Terminal(tmp_path / "begun")
    begin = next(text for _, text in blocks("alone") if "provision" in text and "granian" in text)
    start, ask = [text for _, text in blocks("example") if text.startswith("python manage.py")]
    with terminal.running(begin):
        eventually(terminal.is_ready, within=READY_WITHIN_SECONDS, what=terminal.said)
        terminal.answer(f"python manage.py shell --no-imports -c '{CLEAN_UP}'")
        eventually(
            lambda: "cleaned up" in terminal.log.read_text(),
            within=READY_WITHIN_SECONDS,
            what=terminal.said,
        )
        follow_there("example", terminal.folder)
        with terminal.running(start):
            eventually(
                lambda: "label='To: 1 Quay Lane', notice_due=True" in terminal.answer(ask),
                within=READY_WITHIN_SECONDS,
                what=terminal.said,
            )


def test_a_missing_line_or_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("A = 1\n")
    with pytest.raises(OutOfDate, match=r"settings\.py has no line 'B = 2'"):
        edit("--- settings.py\n-B = 2\n", tmp_path)
    with pytest.raises(OutOfDate, match=r"there is no urls\.py to edit"):
        edit("--- urls.py\n-B = 2\n", tmp_path)
    with pytest.raises(OutOfDate, match="there is no apps/catalog to delete"):
        follow("alone", tmp_path)


def test_lines_that_stand_together_on_the_page_are_looked_for_together(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("@fixture\ndef a(): ...\n@fixture\ndef b(): ...\n")
    edit("--- conftest.py\n-@fixture\n-def b(): ...\n+B = 2\n", tmp_path)
    assert (tmp_path / "conftest.py").read_text() == "@fixture\ndef a(): ...\nB = 2\n"
