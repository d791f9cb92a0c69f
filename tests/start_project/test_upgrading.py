"""docs/upgrading.md, line by line: a changed original is merged into a changed and renamed copy."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.start_project.checkout import files_of
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

    def copy_of_the_new(self) -> None:
        """Type the lines in the clone; a small one has no command, so its function is called."""
        if self.is_whole:
            typed(COPY_OF_THE_NEW, self.clone)
        else:
            typed("git pull", self.clone)
            self.copy_to("tea_house_new")

    def copy_to(self, folder: str) -> None:
        if self.is_whole:
            line = COPY_OF_THE_NEW.splitlines()[-1].replace("../tea_house_new", f"../{folder}")
            typed(line, self.clone)
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


@pytest.fixture(params=["small", pytest.param("whole", marks=pytest.mark.slow)])
def upgrade(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Upgrade:
    """A project that was made from a clone at the present version."""
    for name, value in PERSON.items():
        monkeypatch.setenv(name, value)
    published = tmp_path / "published"
    found = Upgrade(
        published, tmp_path / "clone", tmp_path / NAME, is_whole=request.param == "whole"
    )
    if found.is_whole:
        for path in files_of(ROOT):
            (published / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, published / path, follow_symlinks=False)
    else:
        for small, text in SMALL.items():
            (published / small).parent.mkdir(parents=True, exist_ok=True)
            (published / small).write_text(text)
    run(["git", "init", "--quiet", "--initial-branch=main"], published)
    commit(published)
    run(["git", "clone", "--quiet", str(published), str(found.clone)], tmp_path)
    found.copy_to(NAME)
    return found


def conflicts(project: Path) -> list[str]:
    return run(["git", "diff", "--name-only", "--diff-filter=U"], project).splitlines()


def begin_own_work(project: Path) -> None:
    (project / "apps" / "parcels").mkdir(parents=True)
    (project / "apps" / "parcels" / "__init__.py").write_text('"""Parcels."""\n')
    (project / "SECURITY.md").unlink()
    change(
        project,
        {
            "README.md": ("# Tea house\n", "# Tea house, for teas\n"),
            f"{NAME}/settings.py": ('"PORT", default=8000', '"PORT", default=8100'),
        },
    )


def publish_the_next_version(published: Path) -> None:
    (published / "orders_site" / "greeting.py").write_text('"""Of orders_site, in `shop_app`."""\n')
    (published / ".github" / "dependabot.yml").unlink()
    change(
        published,
        {
            "README.md": ("## Break it\n", "## Break it, and look\n"),
            "SECURITY.md": ("# Security\n", "# Security, as of now\n"),
            "orders_site/settings.py": ('"PORT", default=8000', '"PORT", default=8001'),
        },
    )


def test_a_new_version_is_merged_and_stops_where_both_have_changed_a_line(upgrade: Upgrade) -> None:
    project = upgrade.project
    begin_own_work(project)
    publish_the_next_version(upgrade.published)
    upgrade.copy_of_the_new()
    typed(BEGIN_THE_BRANCH, project)
    said = typed(MERGE, project, code=1)
    shutil.rmtree(project.parent / "tea_house_new")  # The line after the merge that has stopped.
    assert "Merge conflict in tea_house/settings.py" in said
    assert conflicts(project) == ["SECURITY.md", f"{NAME}/settings.py"]

    run(["git", "checkout", "--ours", f"{NAME}/settings.py"], project)
    run(["git", "rm", "--quiet", "SECURITY.md"], project)
    commit(project)
    assert has_both(project)

    change(upgrade.published, {"README.md": ("## Break it, and look\n", "## Break it all\n")})
    assert not (project.parent / "tea_house_new").exists()
    upgrade.copy_of_the_new()
    typed(MERGE, project)
    assert has_both(project)
    assert "## Break it all\n" in (project / "README.md").read_text()


def test_a_project_whose_first_commit_has_own_work_begins_from_the_stamp(upgrade: Upgrade) -> None:
    project = upgrade.project
    shutil.rmtree(project / ".git")
    run(["git", "init", "--quiet", "--initial-branch=main"], project)
    begin_own_work(project)
    upgrade.copy_to("tea_house_old")
    typed(BEGIN_WITHOUT_A_COMMIT, project)
    publish_the_next_version(upgrade.published)
    upgrade.copy_of_the_new()
    typed(MERGE, project, code=1)
    assert conflicts(project) == ["SECURITY.md", f"{NAME}/settings.py"]


def has_both(project: Path) -> bool:
    """Return whether the changes of both are there, ours under the name of the project."""
    readme = (project / "README.md").read_text()
    assert readme.startswith("# Tea house, for teas\n")
    assert "\n## Break it" in readme
    assert "## Break it\n" not in readme
    assert "default=8100" in (project / NAME / "settings.py").read_text()
    assert (
        project / NAME / "greeting.py"
    ).read_text() == '"""Of tea_house, in `tea_house_app`."""\n'
    assert (project / "apps" / "parcels" / "__init__.py").exists()
    assert not (project / ".github" / "dependabot.yml").exists()
    return not (project / "SECURITY.md").exists()
