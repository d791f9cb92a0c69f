"""Photos over HTTP: the state of a photo, and the addresses of its pictures."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from apps.images import queries

router = Router(tags=["photos"])


class RenditionOut(Schema):
    """The photo in one width and format."""

    width: int
    height: int
    format: Literal["webp", "jpeg"]
    url: str


class PhotoOut(Schema):
    """A photo. `preview` is null until there is one; `reason` is there only if the photo failed.

    `ready_at` is when its renditions were last made.
    """

    id: int
    status: Literal["waiting", "ready", "failed"]
    reason: str = ""
    ready_at: datetime | None = None
    preview: str | None
    renditions: list[RenditionOut]


@router.get(
    "/photos/{int:id}",
    response=PhotoOut,
    exclude_unset=True,
    summary="A photo's state and pictures",
)
def get_photo(request: HttpRequest, id: int) -> dict[str, Any]:
    return queries.photo_payload(queries.photo(id))
