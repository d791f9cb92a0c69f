"""Pictures on disk, for the demo and for one machine; production keeps them in S3."""

import secrets
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.urls import get_script_prefix


class PictureFiles(FileSystemStorage):
    """Writes each file atomically; a repeated job replaces it by the same content.

    So no request gets half a picture while the same job runs a second time.
    """

    def save(
        self, name: str | None, content: "File[Any] | IO[Any]", max_length: int | None = None
    ) -> str:
        assert name, "a picture's key is ours, and never empty"
        beside = super().save(f"{name}.{secrets.token_hex(4)}", content, max_length)
        Path(self.path(beside)).replace(self.path(name))
        return name

    def url(self, name: str | None) -> str:
        """Return the address below the request's prefix, which `MEDIA_URL` does not have."""
        return f"{get_script_prefix()}{super().url(name).removeprefix('/')}"
