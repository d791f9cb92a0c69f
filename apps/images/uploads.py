"""Uploads of photos: each is checked, its file stored, and its row recorded with its jobs."""

import hashlib
import logging
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection, transaction

from apps.images import sandbox
from apps.images.contract import PREVIEW_SUBJECT
from apps.images.deletion import delete_files
from apps.images.errors import NotAPicture, PictureTooLarge
from apps.images.models import Photo
from apps.images.services import ask_for_renditions
from apps.messaging.pubsub import queue_group

logger = logging.getLogger(__name__)


def add_photo(*, sku: str, file: "File[Any]", id: int | None = None) -> Photo:
    """Store an upload, and ask for its preview and its renditions.

    Raises `PhotoInvalid`, before anything is stored, for a file that is no picture or too large.
    """
    photo = accept_photo(sku=sku, file=file, id=id)
    with recording(photo):
        pass  # Nothing else belongs to its transaction.
    return photo


def accept_photo(*, sku: str, file: "File[Any]", id: int | None = None) -> Photo:
    """Check an upload and store its file, which may take seconds; `recording` does the rest.

    Raises `PhotoInvalid` as `add_photo` does.
    """
    data = _read(file)
    header = sandbox.inspect(data)
    # A name of our own, never the client's.
    key = f"originals/{uuid.uuid4().hex}.{header.format}"
    return Photo(
        id=id,
        sku=sku,
        original_key=storages["images"].save(key, ContentFile(data)),
        digest=hashlib.sha256(data).hexdigest(),
        width=header.width,
        height=header.height,
    )


@contextmanager
def recording(photo: Photo | None) -> Iterator[None]:
    """Run the block in a transaction that ends with the record of an accepted photo, if any.

    Asks for the preview and the renditions. After a rollback the photo's file is deleted; an error
    of the storage is then only logged, and the block's own error is raised. The file stays if the
    process ends before, or if the commit itself fails: whether the database has the photo is then
    unknown.
    """
    with ExitStack() as undo:
        if photo:
            undo.callback(delete_files, [photo.original_key])
        with transaction.atomic():
            yield
            if photo:
                _record(photo)
            undo.pop_all()


def _read(file: "File[Any]") -> bytes:
    if not file.size:
        raise NotAPicture
    if file.size > settings.PHOTO_MAX_BYTES:
        raise PictureTooLarge(f"{file.size} bytes; {settings.PHOTO_MAX_BYTES} is the limit")
    file.seek(0)
    data: bytes = file.read()
    return data


def _record(photo: Photo) -> None:
    has_own_id = photo.pk is not None
    photo.save(force_insert=True)
    if has_own_id:
        _count_ids_from_here()
    job = ask_for_renditions(photo.pk)
    queue_group.offer(PREVIEW_SUBJECT, job)
    logger.info("photo added", extra={"photo": photo.pk, "sku": photo.sku})


def _count_ids_from_here() -> None:
    """Move PostgreSQL's sequence past the largest id: an explicit id does not advance it."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Photo]):
            cursor.execute(statement)
