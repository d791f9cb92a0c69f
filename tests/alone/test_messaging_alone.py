"""`apps/messaging` in a Django project that has nothing else of ours: no app, no site."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.terminal import of_a_reader

ROOT = Path(__file__).resolve().parents[2]
TAKEN = [
    "apps/__init__.py",
    "apps/messaging",
    "docs/contracts/asyncapi.json",
    "pyproject.toml",
    "tests/__init__.py",
    "tests/alone",
    "tests/conftest.py",
    "tests/fuzz",
    "tests/messaging",
    "tests/plugins",
    "tests/support",
    "workers/outbox_relay.py",
    "workers/runner.py",
]
"""What such a project takes from here, with the tests and what they use."""
WHOLE_DEMOS = '    "tests.plugins.demos",\n'
WORKERS = '"""The workers of this project."""\n\nimport django\n\ndjango.setup()\n'
IMPORTED = """
import django, pkgutil
from importlib import import_module
django.setup()
from django.core.management import call_command
import apps.messaging
for each in pkgutil.walk_packages(apps.messaging.__path__, "apps.messaging."):
    import_module(each.name)
call_command("check")
call_command("makemigrations", "--check")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    for name in TAKEN:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / "workers" / "__init__.py").write_text(WORKERS)
    conftest = folder / "tests" / "conftest.py"
    text = conftest.read_text()
    assert WHOLE_DEMOS in text
    conftest.write_text(text.replace(WHOLE_DEMOS, ""))
    return folder


def python(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run it there, with nothing in its environment that names our settings or servers."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=project,
        env=of_a_reader() | {"DJANGO_SETTINGS_MODULE": "tests.alone.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_each_module_is_imported_and_the_checks_pass(project: Path) -> None:
    done = python(project, "-c", IMPORTED)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_all_its_tests_pass(project: Path) -> None:
    options = ["--ds=tests.alone.settings", "-n", "4", "tests/messaging"]
    done = python(project, "-m", "pytest", *options)
    assert (done.returncode, "[100%]" in done.stdout) == (0, True), done.stdout[-20_000:]
