"""System checks of the folder of pictures, where these are files."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.core.checks import CheckMessage, Error


def errors() -> Iterator[CheckMessage]:
    """Check what is wrong for every process; many have no access to the folder, and need none."""
    if not _in_files():
        return
    if not settings.MEDIA_ROOT:
        yield Error(
            "MEDIA_ROOT is not set, and pictures are kept in files.",
            hint="Set MEDIA_ROOT to a folder, or MEDIA_STORAGE=s3 and MEDIA_BUCKET.",
            id="orders_site.E008",
        )
        return
    root = Path(settings.MEDIA_ROOT)
    nearest = next((place for place in (root, *root.parents) if place.exists()), root)
    if not nearest.is_dir():
        yield _unusable(f"{nearest} is a file" if nearest != root else "it is a file")


def errors_of_writing() -> Iterator[CheckMessage]:
    """Check at the start of processes that store pictures; the folder is made if it is missing."""
    if not _in_files() or any(errors()):
        return
    root = Path(settings.MEDIA_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=root):
            return
    except OSError as error:
        yield _unusable(str(error))


def _in_files() -> bool:
    return bool(settings.STORAGES["images"]["BACKEND"] == "apps.images.storage.PictureFiles")


def _unusable(why: str) -> Error:
    return Error(
        f"MEDIA_ROOT={settings.MEDIA_ROOT} cannot be used: {why}.",
        hint="Set it to a folder that this process may write to.",
        id="orders_site.E034",
    )
