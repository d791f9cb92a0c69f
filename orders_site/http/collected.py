"""Records what `collectstatic` collected, and compares it with the files of this release."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage

RECORD = "sources.json"
"""File beside the collected ones: the digest of each source, by its name below `STATIC_URL`."""


def digest(storage: Storage, path: str) -> str:
    with storage.open(path) as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def brought() -> dict[str, str]:
    """Return the digest of each file that the apps bring, by name; the first of a name counts."""
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    found: dict[str, str] = {}
    for finder in get_finders():
        for path, storage in finder.list(ignored):
            prefix = getattr(storage, "prefix", "")
            name = (Path(prefix) / path).as_posix()
            if name not in found:
                found[name] = digest(storage, path)
    return found


def outdated(root: Path) -> list[str]:
    """Return the names of files below `root` that are missing or of another release."""
    collected = _recorded(root / RECORD)
    return sorted(name for name, each in brought().items() if collected.get(name) != each)


def record_of(paths: Iterable[tuple[str, tuple[Storage, str]]]) -> str:
    """Return the record as JSON; `paths` is what Django passes to a storage's `post_process`."""
    digests = {Path(name).as_posix(): digest(*source) for name, source in paths}
    return json.dumps(digests, indent=1, sort_keys=True)


def _recorded(path: Path) -> dict[str, str]:
    """Return the recorded digests; none if the record is missing or unreadable."""
    try:
        recorded: dict[str, str] = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return recorded
