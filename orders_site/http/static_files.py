"""Addresses of static files that follow the prefix at which the shop is served.

Django puts it before `STATIC_URL` once, at the first look, which is before any request.
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
    """Production's: named by their content, and compressed."""

    def url(self, *args: Any) -> str:
        return _below_prefix(super().url(*args))

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *, dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Note last what was collected, so that what was broken off counts as not collected."""
        yield from super().post_process(paths, dry_run=dry_run, **options)
        if not dry_run:
            self.delete(collected.RECORD)
            self._save(collected.RECORD, ContentFile(collected.record_of(paths.items())))


class FilesAsTheyLie(StaticFilesStorage):
    """The demo's."""

    def url(self, name: str | None) -> str:
        return _below_prefix(super().url(name))


def _below_prefix(address: str) -> str:
    return f"{get_script_prefix()}{address.removeprefix('/')}"
