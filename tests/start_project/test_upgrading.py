"""docs/upgrading.md, line by line: a changed original is merged into a changed and renamed copy."""

import shutil
from pathlib import Path

import pytest

from apps.start_project.checkout import files_of
from tests.start_project.copies import ROOT
from tests.start_project.upgrade import (
    BEGIN_THE_BRANCH,
    BEGIN_WITHOUT_A_COMMIT,
    MERGE,
    NAME,
    PERSON,
    SMALL,
    Upgrade,
    change,
    commit,
    run,
    typed,
)


@pytest.fixture(
    params=[
        "small",
        pytest.param("whole", marks=pytest.mark.slow),
        pytest.param("whole without celery", marks=pytest.mark.slow),
    ]
)
def upgrade(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Upgrade:
    """A project that was made from a clone at the present version."""
    for name, value in PERSON.items():
        monkeypatch.setenv(name, value)
    published = tmp_path / "published"
    size, _, without = request.param.partition(" without ")
    found = Upgrade(
        published,
        tmp_path / "clone",
        tmp_path / NAME,
        is_whole=size == "whole",
        without=without,
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
    celery = published / "orders_site" / "celery"
    celery.mkdir(exist_ok=True)
    (celery / "later.py").write_text('"""A module of a part."""\n')
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
    assert has_both(upgrade)

    change(upgrade.published, {"README.md": ("## Break it, and look\n", "## Break it all\n")})
    assert not (project.parent / "tea_house_new").exists()
    upgrade.copy_of_the_new()
    typed(MERGE, project)
    assert has_both(upgrade)
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


def has_both(upgrade: Upgrade) -> bool:
    """Return whether the changes of both are there, ours under the name of the project."""
    project = upgrade.project
    assert (project / NAME / "celery" / "later.py").exists() != bool(upgrade.without)
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
