"""The folder of `tests/settings.py` for a process that was forked after the settings were read."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.test import override_settings


def take_folder(folder: Path) -> None:
    """Make the folder of a demo there, and let all settings of this process name it."""
    folder.mkdir()
    shutil.copy(settings.DEMO_DIR / "secret_key", folder)
    (folder / "db.sqlite3").touch()
    os.environ["DEMO_DIR"] = str(folder)  # For the processes that a test starts.
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        database["NAME"] = str(folder / "db.sqlite3")
        database["TEST"]["NAME"] = str(folder / "test.sqlite3")
    override_settings(DEMO_DIR=folder, MEDIA_ROOT=str(folder / "pictures")).enable()
