"""Pictures on disk: complete or missing, and one file for each key."""

from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages


def save(key: str, data: bytes) -> str:
    return storages["images"].save(key, ContentFile(data))


def test_writing_a_key_twice_makes_one_file(picture_folder: Path) -> None:
    assert save("photos/7/a.webp", b"old and longer") == save("photos/7/a.webp", b"new")
    assert [path.name for path in picture_folder.rglob("*.*")] == ["a.webp"]
    assert (picture_folder / "photos/7/a.webp").read_bytes() == b"new"


def test_a_reader_of_a_replaced_file_reads_the_old_file() -> None:
    key = save("photos/7/a.webp", b"old")
    with storages["images"].open(key) as file:
        save(key, b"new")
        assert file.read() == b"old"


def test_a_key_cannot_leave_the_folder() -> None:
    with pytest.raises(SuspiciousFileOperation):
        save("../outside.webp", b"x")
