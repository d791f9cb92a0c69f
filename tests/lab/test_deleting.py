"""The lab can be deleted by the commands of `docs/lab.md`: the rest runs without it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "lab.md"
CODE = {".py", ".html", ".css", ".js", ".conf", ".yml", ".toml", ".json", ".sql", ".example"}
COMMANDS = re.compile(r"How to delete it.*?```sh\n(.*?)```", re.DOTALL)
MAY_STAY = re.compile(r" may stay:(.*)", re.DOTALL)
MENTION = re.compile(r"\blab\b|\blab_|_lab\b|apps\.lab", re.IGNORECASE)


READ_BY_TESTS = {
    ".devcontainer",
    ".env.example",
    ".github",
    ".pre-commit-config.yaml",
    ".run",
    ".vscode",
}


def left_out(_: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".")}
    return hidden - READ_BY_TESTS | {"__pycache__"}


def is_code(path: Path) -> bool:
    """Return whether the file is no test and no documentation."""
    is_read = path.suffix in CODE or path.name in {"Makefile", "Dockerfile"}
    return is_read and path.parts[0] != "tests"


@pytest.fixture(scope="module")
def without_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("without") / "lab"
    shutil.copytree(ROOT, copy, ignore=left_out)
    found = COMMANDS.search(PAGE.read_text())
    assert found
    subprocess.run(["sh", "-e", "-c", found[1]], cwd=copy, check=True)
    return copy


def run(folder: Path, *command: str) -> tuple[int, str]:
    environment = os.environ | {"DEMO": "true", "DEMO_DIR": str(folder / ".demo")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_files_that_mention_the_lab_are_listed(without_lab: Path) -> None:
    found = MAY_STAY.search(PAGE.read_text())
    assert found
    speaking = {
        str(path.relative_to(without_lab))
        for path in without_lab.rglob("*")
        if is_code(path.relative_to(without_lab)) and MENTION.search(path.read_text())
        if "start_project" not in path.parts  # Its tables name what they take out.
    }
    assert speaking == set(re.findall(r"`([^`]+)`", found[1]))


def test_the_rest_passes_checks_without_the_lab(without_lab: Path) -> None:
    assert run(without_lab, "manage.py", "check") == (
        0,
        "System check identified no issues (0 silenced).\n",
    )
    assert run(without_lab, "manage.py", "makemigrations", "--check")[0] == 0


@pytest.mark.slow
def test_every_remaining_test_loads(without_lab: Path) -> None:
    everything = ["-p", "no:cacheprovider", "-m", "slow or browser"]
    code, output = run(without_lab, "-m", "pytest", "--collect-only", *everything)
    assert code == 0, output
