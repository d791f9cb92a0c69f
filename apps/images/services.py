"""Changes of stored photos: preview, renditions, failure."""

import logging
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.images import queries, sandbox
from apps.images.answers import Rendered
from apps.images.contract import ResizeJob
from apps.images.exchange import Check
from apps.images.models import Photo, Rendition
from apps.messaging import outbox
from apps.messaging.handling.dead_letters import storable

logger = logging.getLogger(__name__)


def make_preview(*, id: int) -> None:
    """Make the preview, shown until the renditions are ready. A repeat makes the same file.

    Raises `UnknownPhoto`, `OriginalMissing`, and `PhotoInvalid` if it cannot be decoded.
    """
    photo = queries.photo(id)
    made = sandbox.preview(queries.original_of(photo))
    key = _store(photo, "preview.jpeg", made)
    Photo.objects.filter(id=id).update(
        preview_key=key, preview_width=made.width, preview_height=made.height
    )
    logger.info("preview made again" if photo.preview_key else "preview made", extra={"photo": id})


def make_renditions(
    *, id: int, sent_at: datetime | None = None, check: Check = sandbox.is_wanted
) -> None:
    """Make every rendition of a photo, unless they were made after this job was sent.

    Raises `UnknownPhoto`, `OriginalMissing`, `PhotoInvalid` if it cannot be decoded, and the errors
    of `check`.
    """
    photo = queries.photo(id)
    if _is_done(photo, sent_at):
        logger.info("nothing to do, photo is ready since the job was sent", extra={"photo": id})
        return
    made = sandbox.renditions(queries.original_of(photo), check)
    stored = []
    for each in made:
        check()
        stored.append(_stored(photo, each))
    check()
    _show(photo, stored)


def fail_photo(*, id: int, reason: str) -> None:
    """Mark a photo as failed, with the reason; a photo that is ready stays ready.

    Of one that was ready before, pages show the former renditions.
    """
    reason = storable(reason)  # It may quote what a decoder has said of a stranger's file.
    failed = Photo.objects.filter(id=id).exclude(status=Photo.Status.READY)
    if failed.update(status=Photo.Status.FAILED, reason=reason):
        logger.warning("photo failed", extra={"photo": id, "reason": reason})


@transaction.atomic
def redo_renditions(*, id: int) -> None:
    """Ask for the renditions of a photo again; the present ones are shown meanwhile."""
    Photo.objects.filter(id=id).update(
        status=Photo.Status.WAITING, reason="", asked_at=Now(), not_asked_before=None
    )
    ask_for_renditions(id)


def ask_for_renditions(id: int) -> ResizeJob:
    """Record a job in the caller's transaction, and return it."""
    job = ResizeJob(id=id)
    outbox.record(job, key=key_of_jobs(id))
    return job


def key_of_jobs(id: int) -> str:
    """Return the key of a photo's jobs in the outbox."""
    return f"photo:{id}"


def _is_done(photo: Photo, sent_at: datetime | None) -> bool:
    """Return whether the job is a repeat: its renditions were made after it was sent."""
    if photo.status != Photo.Status.READY or photo.ready_at is None:
        return False
    return sent_at is None or sent_at <= photo.ready_at


def _stored(photo: Photo, made: Rendered) -> Rendition:
    # The key depends only on the picture: a repeated job writes the same file.
    return Rendition(
        photo=photo,
        width=made.width,
        height=made.height,
        format=made.format,
        key=_store(photo, f"{made.width}.{made.format}", made),
    )


def _store(photo: Photo, name: str, made: Rendered) -> str:
    key = f"photos/{photo.pk}/{photo.digest[:16]}/{name}"
    return storages["images"].save(key, ContentFile(made.data))


@transaction.atomic
def _show(seen: Photo, renditions: list[Rendition]) -> None:
    """Store the renditions as ready, unless another worker has finished the same job first."""
    photo = Photo.objects.select_for_update().get(id=seen.pk)
    if photo.status == Photo.Status.READY and photo.ready_at != seen.ready_at:
        return
    photo.renditions.all().delete()
    Rendition.objects.bulk_create(renditions)
    was_ready = photo.status == Photo.Status.READY
    photo.status, photo.reason, photo.ready_at = Photo.Status.READY, "", timezone.now()
    photo.save(update_fields=["status", "reason", "ready_at"])
    facts = {"photo": photo.pk, "renditions": len(renditions)}
    logger.info("photo made again" if was_ready else "photo ready", extra=facts)
