"""Addresses of static files that follow the prefix at which the shop is served.

Django puts it before `STATIC_URL` once, at the first look, which is before any request.
"""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Production's: named by their content, and compressed."""

    def url(self, *args: Any) -> str:
        return _below_prefix(super().url(*args))


class FilesAsTheyLie(StaticFilesStorage):
    """The demo's."""

    def url(self, name: str | None) -> str:
        return _below_prefix(super().url(name))


def _below_prefix(address: str) -> str:
    return f"{get_script_prefix()}{address.removeprefix('/')}"
