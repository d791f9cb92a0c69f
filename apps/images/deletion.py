"""Deletion of photos: the files go with their row, after the commit, when no page shows them."""

import logging
from collections.abc import Collection, Iterable
from functools import partial

from django.core.files.storage import storages
from django.db import transaction

from apps.images.models import Photo, Rendition

logger = logging.getLogger(__name__)


@transaction.atomic
def delete_photos(ids: Collection[int]) -> None:
    """Delete photos and their renditions, and after the commit their files.

    A file stays if the process ends in between, or if a job is writing it at this moment.
    """
    # Under the lock: a job that has written renditions stores their rows before, or never.
    photos = list(Photo.objects.select_for_update().filter(id__in=ids))
    renditions = Rendition.objects.filter(photo__in=photos)
    keys = [
        *(photo.original_key for photo in photos),
        *(photo.preview_key for photo in photos if photo.preview_key),
        *renditions.values_list("key", flat=True),
    ]
    found = [photo.pk for photo in photos]
    Photo.objects.filter(id__in=found).delete()
    transaction.on_commit(partial(delete_files, keys))
    if found:
        logger.info("photos deleted", extra={"photos": found})


def delete_files(keys: Iterable[str]) -> None:
    """Delete files that no row names any more. A failure of the storage is logged, never raised.

    It is logged with the files that stay. They are not tried one by one: a storage that is away
    takes its whole timeout for each.
    """
    left = list(keys)
    try:
        while left:
            storages["images"].delete(left[0])
            del left[0]
    except Exception:  # Each storage has errors of its own, and the caller has its result already.
        logger.exception("files not deleted", extra={"files": left})
