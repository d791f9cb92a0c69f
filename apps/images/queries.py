"""Reads of the photos, for the API and for the pages that show them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db.models import Max, Q, QuerySet

from apps.images.errors import OriginalMissing, PictureBroken, UnknownPhoto
from apps.images.models import Photo, Rendition


@dataclass(frozen=True, kw_only=True)
class PhotoState:
    """The progress of a photo, for the pages that show it."""

    id: int
    status: str
    reason: str
    has_preview: bool
    asked_at: datetime

    @property
    def is_under_way(self) -> bool:
        return self.status == Photo.Status.WAITING

    @property
    def has_failed(self) -> bool:
        return self.status == Photo.Status.FAILED


def photo(id: int) -> Photo:
    """Return a photo with its renditions. Raises `UnknownPhoto`."""
    found = Photo.objects.prefetch_related("renditions").filter(id=id).first()
    if found is None:
        raise UnknownPhoto(id)
    return found


def photo_payload(photo: Photo) -> dict[str, Any]:
    """Return a photo as the API shows it; `reason` is there only if the photo failed.

    `ready_at` is when the renditions were last made; it is missing until then.
    """
    renditions = list(photo.renditions.all())
    payload: dict[str, Any] = {
        "id": photo.pk,
        "status": photo.status,
        "preview": _preview_url(photo, renditions),
        "renditions": [
            {
                "width": each.width,
                "height": each.height,
                "format": each.format,
                "url": _url(each.key),
            }
            for each in renditions
        ],
    }
    if photo.ready_at:
        payload["ready_at"] = photo.ready_at
    if photo.status == Photo.Status.FAILED:
        payload["reason"] = photo.reason
    return payload


def photos_of(skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return SKU → its newest photo that has a picture to show.

    It has the fields of the API, and `width`, `height`, and `srcset` by format for a `<picture>`.
    """
    showable = Photo.objects.filter(Q(ready_at__isnull=False) | ~Q(preview_key=""))
    # One that was ready has its files, also if making them again has failed.
    never_ready = Q(status=Photo.Status.FAILED, ready_at=None)
    photos = _newest(showable.exclude(never_ready), skus)
    return {photo.sku: _for_a_page(photo) for photo in photos.prefetch_related("renditions")}


def photo_states(skus: Iterable[str]) -> dict[str, PhotoState]:
    """Return SKU → the progress of its newest photo, also if it has no picture to show yet."""
    return {
        photo.sku: PhotoState(
            id=photo.pk,
            status=photo.status,
            reason=photo.reason,
            has_preview=bool(photo.preview_key),
            asked_at=photo.asked_at,
        )
        for photo in _newest(Photo.objects.all(), skus)
    }


def original_of(photo: Photo) -> bytes:
    """Return the uploaded bytes.

    Raises `OriginalMissing`, and `PictureBroken` if they have changed.
    """
    try:
        with storages["images"].open(photo.original_key) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        # A volume that is mounted late has it again: the picture need not be uploaded once more.
        raise OriginalMissing(f"the storage has no file {photo.original_key}") from error
    except PermissionError as error:
        raise OriginalMissing(str(error)) from error
    if hashlib.sha256(data).hexdigest() != photo.digest:
        raise PictureBroken("the original is not what was uploaded")
    return data


def _newest(photos: QuerySet[Photo], skus: Iterable[str]) -> QuerySet[Photo]:
    ids = photos.filter(sku__in=list(skus)).order_by().values("sku").annotate(newest=Max("id"))
    return Photo.objects.filter(id__in=ids.values("newest"))


def _for_a_page(photo: Photo) -> dict[str, Any]:
    renditions = list(photo.renditions.all())
    srcset = {
        format: ", ".join(
            f"{_url(each.key)} {each.width}w" for each in renditions if each.format == format
        )
        for format in Rendition.Format.values
    }
    size = {"width": photo.width, "height": photo.height}
    return photo_payload(photo) | size | {"srcset": srcset}


def _preview_url(photo: Photo, renditions: list[Rendition]) -> str | None:
    if photo.preview_key:
        return _url(photo.preview_key)
    # The message for the preview was lost, which is allowed: show a rendition instead.
    jpegs = [each for each in renditions if each.format == Rendition.Format.JPEG]
    return _url(min(jpegs, key=lambda each: abs(each.width - 400)).key) if jpegs else None


def _url(key: str) -> str:
    return storages["images"].url(key)
