"""Queue group `resizers` on `jobs.resize`: one member makes the preview of an upload at once.

It may be lost: the renditions, which come by SQS, are shown without it too.
"""

import logging

from apps.images import services
from apps.images.contract import ResizeJob
from apps.images.errors import PhotoRefused, UnknownPhoto
from apps.messaging.errors import MessageUnreadable

logger = logging.getLogger(__name__)


def make_preview(body: bytes) -> None:
    """Raises `MessageUnreadable` where the message is none of ours."""
    asked = ResizeJob.read(body)
    try:
        services.make_preview(id=asked.id)
    except UnknownPhoto as error:
        raise MessageUnreadable(str(error)) from error
    except PhotoRefused as error:
        # The same photo's job on SQS will make a dead letter of it; one is enough.
        logger.warning("no preview", extra={"photo": asked.id, "error": str(error)})
