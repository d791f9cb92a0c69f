"""What `manage.py doctor` says of this machine: Python, packages, `make`, the disk."""

import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from orders_site.doctor import disk, machine
from tests.support.python import ROOT

OLD = (3, 11, 9)


def only(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these be the programs that are installed."""
    found = {name: f"/usr/bin/{name}" for name in names}
    monkeypatch.setattr("shutil.which", found.get)


def test_the_oldest_python_is_that_of_the_project() -> None:
    wanted = ".".join(map(str, machine.OLDEST))
    assert f'requires-python = ">={wanted}"' in (ROOT / "pyproject.toml").read_text()


def test_this_python_is_new_enough() -> None:
    assert machine.python(sys.version_info[:3], of_the_demo=True).state == "ok"


def test_a_python_that_is_too_old_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    only([], monkeypatch)
    found = machine.python(OLD, of_the_demo=True)
    assert found.state == "broken"
    assert found.seen == "3.11.9 is too old, the shop needs 3.12 or newer"
    assert found.mend == "install Python 3.12 or newer"


@pytest.mark.parametrize("program", ["python3.12", "python3.13", "uv"])
def test_make_demo_finds_a_newer_python_by_itself(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only([program], monkeypatch)
    found = machine.python(OLD, of_the_demo=True)
    assert found.state == "warning"
    assert f"`make demo` finds {program}" in found.mend
    assert program in (ROOT / "Makefile").read_text()


def test_a_shop_elsewhere_runs_by_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    only(["uv"], monkeypatch)
    assert machine.python(OLD, of_the_demo=False).state == "broken"


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the pinned versions of another checkout."""
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "_IN_A_CHECKOUT", tmp_path / "no-python")
    (tmp_path / "requirements").mkdir()
    return tmp_path / "requirements"


def test_missing_packages_break_a_shop_and_are_installed_for_the_demo(pinned: Path) -> None:
    for name in ("base.txt", "demo.txt"):
        (pinned / name).write_text("no-such-package==1.0 \\\n    --hash=sha256:1\n")
    shop, demo = (machine.packages(of_the_demo=of_the_demo) for of_the_demo in (False, True))
    assert (shop.state, demo.state) == ("broken", "warning")
    assert shop.seen == f"{sys.executable} lacks no-such-package"
    assert "`make demo` installs them" in demo.mend


def test_a_package_for_another_platform_may_be_missing(pinned: Path) -> None:
    (pinned / "base.txt").write_text("no-such-package==1.0 ; sys_platform == 'win32' \\\n")
    assert machine.packages(of_the_demo=False).state == "ok"


def test_another_version_than_pinned_is_a_warning(pinned: Path) -> None:
    (pinned / "base.txt").write_text("django==0.96 \\\n    --hash=sha256:1\n")
    found = machine.packages(of_the_demo=False)
    assert found.state == "warning"
    assert found.seen.endswith(", not 0.96")


def test_a_machine_without_make_needs_no_make(monkeypatch: pytest.MonkeyPatch) -> None:
    only([], monkeypatch)
    assert "manage.py demo" in machine.make().mend


@pytest.mark.parametrize(
    ("free", "state", "seen"),
    [
        (3 * disk.GIB, "ok", "3.0 GiB free"),
        (500 * disk.MIB, "warning", "500 MiB free"),
        (99 * disk.MIB, "broken", "99 MiB free"),
    ],
)
def test_a_disk_that_is_nearly_full_is_named_with_the_figure(
    free: int, state: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free_bytes", lambda folder: free)
    (found,) = disk.findings()
    assert found.state == state
    assert found.seen.startswith(f"{seen} for {django_settings.DEMO_DIR}")


def test_a_folder_that_is_not_there_yet_has_the_space_of_its_disk(
    tmp_path: Path, settings: Settings
) -> None:
    settings.DEMO_DIR = settings.MEDIA_ROOT = tmp_path / "not" / "there"
    assert str(settings.DEMO_DIR) in next(iter(disk.findings())).seen
