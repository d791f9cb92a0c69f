"""A disk with little room is one line before anything starts, and no traceback of NATS."""

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.demo.errors import NoRoom
from apps.demo.supervisor import room
from tests.support.ports import free_port
from tests.support.processes import ROOT

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 200 MB."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=200m", "none", str(tmp_path)]
    if os.getuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("to make a small disk takes the right to mount")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_the_error_says_how_much_space_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = room.bytes_needed()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(needed, 0, needed))
    room.check_room(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(needed, 1, needed - 1))
    with pytest.raises(NoRoom, match=f"needs {needed / room.MIB:,.0f}: make room, or set DEMO_DIR"):
        room.check_room(tmp_path)


def test_the_demo_stops_on_a_small_disk(small_disk: Path) -> None:
    ports = {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}
    ended = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEMO": "true", "DEMO_DIR": str(small_disk)} | ports,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "200 MiB free, and the demo needs" in ended.stderr
    assert ended.stderr.count("\n") == 1
