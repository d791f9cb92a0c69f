"""Makes copies of this repository for the tests, and reads them."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.apps import apps

from apps.start_project.copying import start_project
from apps.start_project.parts.part import Part
from apps.start_project.project_name import ProjectName, project_name

ROOT = Path(__file__).parents[2]


def name_of(text: str) -> ProjectName:
    """Return the name as the command reads it. Raises `BadName`."""
    labels = [config.label for config in apps.get_app_configs()]
    return project_name(text, root=ROOT, labels=labels)


def copy_named(text: str, folder: Path) -> Path:
    """Make a copy of this repository in a folder of that name within `folder`, and return it."""
    return copy_without([], text, folder)


def copy_without(parts: Sequence[Part], text: str, folder: Path) -> Path:
    """Make one without the parts."""
    made = folder / text
    start_project(name_of(text), made, root=ROOT, parts=parts)
    return made


def content_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return path → mode and bytes of each file; of a symbolic link, where it leads."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes(),
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def texts_of(folder: Path) -> dict[str, str]:
    """Return path → text of each file that is one."""
    found = content_of(folder)
    return {path: text.decode() for path, (_, text) in found.items() if b"\0" not in text}
