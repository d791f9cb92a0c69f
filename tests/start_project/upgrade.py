"""A project of a reader, the repository it comes from, and the lines of docs/upgrading.md."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.start_project.copying import start_project
from tests.start_project.copies import ROOT, name_of
from tests.support.terminal import of_a_reader

NAME = "tea_house"
PAGE = ROOT / "docs" / "upgrading.md"
COPY_OF_THE_NEW, BEGIN_THE_BRANCH, MERGE, BEGIN_WITHOUT_A_COMMIT = re.findall(
    r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL
)
INSTALLED = "make install\n"
"""The line of the page that the packages of these tests stand in for."""

PERSON = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in {"NAME": "Ann", "EMAIL": "ann@example.com"}.items()
}
SMALL = {
    ".gitignore": "*.pyc\n",
    ".github/dependabot.yml": "version: 2\n",
    "README.md": "# Orders site\n\nA shop.\n\n## Break it\n\nKill a worker.\n",
    "SECURITY.md": "# Security\n\nWrite to us.\n",
    "orders_site/settings.py": 'PORT = env.port("PORT", default=8000)\n',
    "pyproject.toml": '[project]\nname = "orders-site"\nversion = "1.2.3"\n',
}
"""A repository with all that the tests change, and no more."""


@dataclass(frozen=True)
class Upgrade:
    """The repository that others publish, a reader's clone of it, and the reader's project."""

    published: Path
    clone: Path
    project: Path
    is_whole: bool
    without: str = ""
    """A part that the project was made without, as is each copy for its upgrades."""

    def copy_of_the_new(self) -> None:
        """Type the lines in the clone; a small one has no command, so its function is called."""
        if self.is_whole:
            typed(COPY_OF_THE_NEW.replace("--git", self.options), self.clone)
        else:
            typed("git pull", self.clone)
            self.copy_to("tea_house_new")

    @property
    def options(self) -> str:
        return f"--git --without {self.without}" if self.without else "--git"

    def copy_to(self, folder: str) -> None:
        if self.is_whole:
            line = COPY_OF_THE_NEW.splitlines()[-1].replace("../tea_house_new", f"../{folder}")
            typed(line.replace("--git", self.options), self.clone)
        else:
            start_project(name_of(NAME), self.clone.parent / folder, root=self.clone, git=True)


def environment() -> dict[str, str]:
    return of_a_reader() | PERSON


def run(command: Sequence[str], folder: Path, *, code: int = 0) -> str:
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def typed(lines: str, folder: Path, *, code: int = 0) -> str:
    """Run lines of the page as a shell does; it ends at the first that fails."""
    there = lines.replace(INSTALLED, "").replace(".venv/bin/python", sys.executable)
    return run(["bash", "-ec", there], folder, code=code)


def commit(folder: Path) -> None:
    run(["git", "add", "--all"], folder)
    run(["git", "commit", "--quiet", "--message=A change"], folder)


def change(folder: Path, changed: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in changed.items():
        file = folder / name
        text = file.read_text()
        assert text.count(old) == 1, (name, old)
        file.write_text(text.replace(old, new))
    commit(folder)
