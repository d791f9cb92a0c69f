"""Static files, with addresses below the prefix at which the site is served.

Django adds the prefix to `STATIC_URL` only once, before the first request sets it.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage

from orders_site.http import collected


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """For production: names contain a hash of the content, and files are compressed."""

    def url(self, *args: Any) -> str:
        return _below_prefix(super().url(*args))

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *, dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Write the record last, so that an interrupted run counts as not collected."""
        yield from super().post_process(paths, dry_run=dry_run, **options)
        if not dry_run:
            self.delete(collected.RECORD)
            self._save(collected.RECORD, ContentFile(collected.record_of(paths.items())))


class FilesAsTheyLie(StaticFilesStorage):
    """For the demo: files are served from the apps' folders."""

    def url(self, name: str | None) -> str:
        return _below_prefix(super().url(name))


def _below_prefix(address: str) -> str:
    return f"{get_script_prefix()}{address.removeprefix('/')}"
