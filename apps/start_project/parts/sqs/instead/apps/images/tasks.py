"""Periodic work of `image_resizer`: the renditions of photos that wait; their table is the queue.

A photo may be taken twice. The work is idempotent: what it makes depends on the picture alone.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.images import services
from apps.images.errors import PhotoInvalid, UnknownPhoto
from apps.images.models import Photo

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(seconds=settings.RECONCILE_AFTER)
"""A photo that failed for a reason that may pass, or whose process died, is taken again then."""
AT_MOST_SECONDS = 10.0
"""For one call: the time limit of work is then far away, and a stop does not wait for all."""


def resize_waiting() -> None:
    """Make the renditions of photos that wait, the one that waits longest first.

    An error of the storage or of the decoder ends the call, and its photo is taken again later.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < AT_MOST_SECONDS:
        id = take_next()
        if id is None:
            return
        resize(id)


def take_next() -> int | None:
    """Take the next photo, so that no other process does so now; None if none is due."""
    never_taken, left = Q(asked_at=F("created_at")), Q(asked_at__lt=Now() - AGAIN_AFTER)
    due = Photo.objects.filter(never_taken | left, status=Photo.Status.WAITING)
    for id in due.order_by("asked_at").values_list("id", flat=True)[:10]:
        # The update locks the row: of two processes, one takes it.
        if due.filter(id=id).update(asked_at=Now()):
            return int(id)
    return None


def resize(id: int) -> None:
    """Make the renditions of a photo; one that cannot be shown is marked as failed."""
    try:
        services.make_renditions(id=id)
    except UnknownPhoto:
        logger.info("photo was deleted", extra={"photo": id})
    except PhotoInvalid as error:
        services.fail_photo(id=id, reason=str(error))
