"""Reads of the photos, for the API and for the pages that show them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db.models import Max, Q, QuerySet

from apps.images.errors import PictureBroken, UnknownPhoto
from apps.images.models import Photo, Rendition


@dataclass(frozen=True, kw_only=True)
class PhotoState:
    """How far a photo has come, for the pages that follow it."""

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
    """Raises `UnknownPhoto`."""
    found = Photo.objects.prefetch_related("renditions").filter(id=id).first()
    if found is None:
        raise UnknownPhoto(id)
    return found


def photo_payload(photo: Photo) -> dict[str, Any]:
    """Return a photo as the API shows it; `reason` only where it has failed.

    `ready_at` is when its renditions were last made, and not there before that.
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
    """Return each SKU's newest photo of which there is something to show.

    Beside what the API shows: `width`, `height`, and `srcset` by format, for a `<picture>`.
    """
    showable = Photo.objects.filter(Q(ready_at__isnull=False) | ~Q(preview_key=""))
    photos = _newest(showable.exclude(status=Photo.Status.FAILED), skus)
    return {photo.sku: _for_a_page(photo) for photo in photos.prefetch_related("renditions")}


def photo_states(skus: Iterable[str]) -> dict[str, PhotoState]:
    """Return how far each SKU's newest photo is, also where there is nothing to show of it."""
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
    """Return the bytes that were uploaded. Raises `PictureBroken` where they are not there."""
    try:
        with storages["images"].open(photo.original_key) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        raise PictureBroken("the original is gone") from error
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
    # The offer of the preview was lost, which is allowed; the renditions are not.
    jpegs = [each for each in renditions if each.format == Rendition.Format.JPEG]
    return _url(min(jpegs, key=lambda each: abs(each.width - 400)).key) if jpegs else None


def _url(key: str) -> str:
    return storages["images"].url(key)
