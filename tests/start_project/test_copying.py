"""What a copy keeps of each file, and what leaves nothing behind."""

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from apps.start_project.checkout import commit_of, files_of
from apps.start_project.copying import start_project
from apps.start_project.errors import BadName, FolderTaken, ToolMissing
from apps.start_project.left_out import without_the_command
from tests.start_project.copies import content_of, name_of
from tests.support.python import run_python
from tests.support.terminal import of_a_reader

TEA = "tea_house"


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A small repository without git."""
    root = tmp_path / "original"
    files = {
        ".gitignore": "*.pyc\n.venv/\n/static/\n",
        "pyproject.toml": '[project]\nname = "orders-site"\nversion = "1.2.3"\n',
        "orders_site/static/a.css": "a",
        "orders_site/settings.py": "A = 1\n",
        "orders_site/settings.pyc": "compiled",
        "static/collected.css": "a",
        ".venv/bin/python": "no file of ours",
        ".git/config": "no file of ours",
        "run": "#!/bin/sh\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "run").chmod(0o755)
    (root / "picture.png").write_bytes(b"\x89PNG\0 orders_site")
    (root / "link").symlink_to("orders_site/settings.py")
    (root / "folder").symlink_to("orders_site")
    return root


def test_modes_links_and_pictures_are_kept(original: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    start_project(name_of(TEA), made, root=original)
    assert set(content_of(made)) == {
        *(".gitignore", ".started-from", "folder", "link", "picture.png", "pyproject.toml", "run"),
        *("tea_house/settings.py", "tea_house/static/a.css"),
    }
    assert os.access(made / "run", os.X_OK)
    assert not os.access(made / "link", os.X_OK)
    assert (made / "link").readlink() == Path("tea_house/settings.py")
    assert (made / "folder").resolve() == made / "tea_house"
    assert (made / "picture.png").read_bytes() == b"\x89PNG\0 orders_site"


def test_a_file_that_is_no_utf_8_is_kept_as_it_is(original: Path, tmp_path: Path) -> None:
    (original / "notes.txt").write_bytes("orders_site café".encode("latin-1"))
    start_project(name_of(TEA), tmp_path / "made", root=original)
    assert (tmp_path / "made/notes.txt").read_bytes() == b"orders_site caf\xe9"


def test_a_repository_within_this_one_is_left_out(original: Path, tmp_path: Path) -> None:
    shutil.rmtree(original / ".git")
    for folder in (original, original / "nested"):
        folder.mkdir(exist_ok=True)
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (original / "nested" / "a.txt").write_text("a")
    start_project(name_of(TEA), tmp_path / "made", root=original)
    assert not (tmp_path / "made" / "nested").exists()


def test_a_destination_is_made_where_one_stands_or_its_error_is_one_line(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    start_project(name_of(TEA), Path(), root=original)
    assert Path("tea_house/settings.py").is_file()
    (tmp_path / "file").touch()
    with pytest.raises(FolderTaken, match="cannot be made"):
        start_project(name_of(TEA), tmp_path / "file" / "x", root=original)


def test_the_stamp_names_the_original_and_no_time(original: Path, tmp_path: Path) -> None:
    start_project(name_of(TEA), tmp_path / "made", root=original)
    assert (tmp_path / "made" / ".started-from").read_text().splitlines()[1:] == [
        'original = "orders-site"',
        'version = "1.2.3"',
        'commit = ""',
        "files_changed_since_that_commit = false",
        'name = "tea_house"',
        "without = []",
    ]


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, whatever the machine's own settings are."""
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    return subprocess.check_output(["git", *who, *arguments], cwd=folder, text=True).strip()


def become_a_repository(folder: Path) -> None:
    """Put all files of the folder into a repository of its own."""
    (folder / ".git" / "config").unlink()
    git(folder, "init", "--quiet")
    git(folder, "add", ".")


def test_the_stamp_has_the_commit_and_says_whether_a_file_was_changed(original: Path) -> None:
    become_a_repository(original)
    git(original, "commit", "--quiet", "--message=One")
    commit = git(original, "rev-parse", "HEAD")
    assert commit_of(original) == (commit, False)
    (original / "run").write_text("#!/bin/bash\n")
    assert commit_of(original) == (commit, True)
    assert commit_of(original / "orders_site") == ("", False)


def test_a_file_is_copied_that_git_does_not_know_yet_and_an_ignored_one_is_not(
    original: Path,
) -> None:
    (original / ".gitignore").write_text("*.log\n")
    become_a_repository(original)
    git(original, "commit", "--quiet", "--message=One")
    for name in ("new.py", "new.log"):
        (original / name).write_text("")
    names = {path.name for path in files_of(original)}
    assert {"new.py", "new.log"} & names == {"new.py"}
    assert commit_of(original)[1]


def test_without_git_the_same_files_are_found(original: Path) -> None:
    walked = files_of(original)
    become_a_repository(original)
    assert files_of(original) == walked


def test_one_commit_is_made_if_it_is_wanted(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.com")
    made = tmp_path / "made"
    start_project(name_of(TEA), made, root=original, git=True)
    assert git(made, "log", "--format=%s by %an") == "Start Tea house by Ann"
    assert git(made, "status", "--porcelain") == ""


def test_a_folder_with_files_is_refused_and_an_empty_one_is_taken(
    original: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    start_project(name_of(TEA), made, root=original)
    with pytest.raises(FolderTaken, match="name a new folder, or an empty one"):
        start_project(name_of(TEA), made, root=original)
    with pytest.raises(FolderTaken, match="name a folder outside of it"):
        start_project(name_of(TEA), original / "made", root=original)


def test_a_failure_leaves_nothing_behind(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolMissing, match="git is not installed"):
        start_project(name_of(TEA), tmp_path / "made", root=original, git=True)
    assert list(tmp_path.iterdir()) == [original]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Tea", "small letters"),
        ("tea-house", "small letters"),
        ("tea__house", "small letters"),
        ("tea_", "small letters"),
        ("1tea", "small letters"),
        ("t", "small letters"),
        ("t" * 21, "small letters"),
        ("../tea", "small letters"),
        ("lambda", "means something else"),
        ("match", "means something else"),
        ("user", "means something else"),
        ("postgres", "means something else"),
        ("games", "is a user of the image's Debian"),
        ("pg_tea", "means something else"),
        ("yes", "means something else"),
        ("orders", "a part of this project"),
        ("orders_site", "a part of this project"),
        ("sessions", "a part of this project"),
        ("failures", "a part of this project"),
        ("settings", "a part of this project"),
        ("email", "Python has already"),
        ("django", "Python has already"),
    ],
)
def test_a_name_that_does_not_fit_everywhere_is_refused(name: str, why: str) -> None:
    with pytest.raises(BadName, match=why) as refused:
        name_of(name)
    assert "\n" not in str(refused.value)


def test_a_name_has_a_form_for_each_place() -> None:
    name = name_of(TEA)
    forms = (name.package, name.dashed, name.title, name.camel)
    assert forms == ("tea_house", "tea-house", "Tea house", "TeaHouse")


def test_the_command_says_in_one_line_why_it_refuses(tmp_path: Path) -> None:
    made = tmp_path / "made"
    done = run_python("manage.py", "start_project", "django", str(made), env=of_a_reader())
    assert done.returncode == 1
    assert done.stderr == (
        "CommandError: django is a package that Python has already: choose another name.\n"
    )
    assert not made.exists()


def test_a_section_and_a_line_about_the_command_go() -> None:
    section = "## Start: `start_project`\n\nText.\n\n"
    page, path = "# A\n\n{}## B\n\n{}| b |\n", PurePosixPath("docs/page.md")
    there = page.format(section, "| start_project |\n")
    assert without_the_command(there, path) == page.format("", "")
    assert (
        without_the_command('A = [\n    "start_project",\n]\n', PurePosixPath("a.py"))
        == "A = [\n]\n"
    )


def test_a_paragraph_that_goes_leaves_one_empty_line() -> None:
    there = "## The patterns\n\n[Examples](examples/README.md) first.\n\n| a |\n"
    left = without_the_command(there, PurePosixPath("README.md"))
    assert left == "## The patterns\n\n| a |\n"


def test_a_line_about_the_examples_goes() -> None:
    page, path = "{}| b | [b](contracts/examples/b.json) |\n", PurePosixPath("docs/page.md")
    there = page.format("| a | [ten lines](../examples/README.md) |\n")
    assert without_the_command(there, path) == page.format("")


@pytest.mark.parametrize("named", ["examples/README.md", "docs/which-one-when.md"])
def test_a_line_of_a_template_about_a_page_that_teaches_goes(named: str) -> None:
    stays, path = "<li><code>docs/index.md</code></li>\n", PurePosixPath("map.html")
    assert without_the_command(f"<li><code>{named}</code></li>\n{stays}", path) == stays
