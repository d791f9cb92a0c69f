"""A small file is whole, or not there, whenever its writer ends."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apps.messaging.kept_file import keep, kept, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_text_gets_one(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    assert kept(path) == ""
    assert keep(path, "first\n") == "first"
    assert keep(path, "second") == "first"
    assert names(tmp_path) == ["key"]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    for _ in range(2):
        keep(path, "secret")
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)


def test_several_writers_keep_one_text(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda text: keep(tmp_path / "key", str(text)), range(8)))
    assert found == {kept(tmp_path / "key")}


def test_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_whole(tmp_path / "ports", "old")
    monkeypatch.setattr(os, "fsync", full)
    for name in ("ports", "key"):
        with pytest.raises(OSError, match="No space left"):
            write_whole(tmp_path / name, "new")
    assert (names(tmp_path), kept(tmp_path / "ports")) == (["ports"], "old")


def test_what_a_dead_writer_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".key.unfinished").write_text("a much longer text than")
    write_whole(tmp_path / "key", "whole")
    assert (names(tmp_path), kept(tmp_path / "key")) == (["key"], "whole")
