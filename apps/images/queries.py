"""Reads of the photos, for the API and for the pages that show them."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import storages
from django.db.models import Max, Q

from apps.images.errors import PictureBroken, UnknownPhoto
from apps.images.models import Photo, Rendition


def photo(id: int) -> Photo:
    """Raises `UnknownPhoto`."""
    found = Photo.objects.prefetch_related("renditions").filter(id=id).first()
    if found is None:
        raise UnknownPhoto(id)
    return found


def photo_payload(photo: Photo) -> dict[str, Any]:
    """Return a photo as the API shows it; `reason` only where it has failed."""
    renditions = list(photo.renditions.all())
    payload = {
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
    return payload | ({"reason": photo.reason} if photo.status == Photo.Status.FAILED else {})


def photos_of(skus: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return each SKU's newest photo of which there is something to show.

    Beside what the API shows: `width`, `height`, and `srcset` by format, for a `<picture>`.
    """
    showable = Photo.objects.filter(Q(ready_at__isnull=False) | ~Q(preview_key=""))
    newest = (
        showable.filter(sku__in=list(skus))
        .exclude(status=Photo.Status.FAILED)
        .order_by()
        .values("sku")
        .annotate(newest=Max("id"))
        .values("newest")
    )
    photos = Photo.objects.filter(id__in=newest).prefetch_related("renditions")
    return {photo.sku: _for_a_page(photo) for photo in photos}


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
