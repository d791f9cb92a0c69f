"""Queue group `resizers` on `jobs.resize`: one member makes the preview of an upload at once.

This message may be lost: the renditions, which an SQS job makes, are shown without a preview too.
"""

import logging

from apps.images import services
from apps.images.contract import ResizeJob
from apps.images.errors import OriginalMissing, PhotoInvalid, UnknownPhoto
from apps.messaging.errors import MessageUnreadable

logger = logging.getLogger(__name__)


def make_preview(body: bytes) -> None:
    """Make the preview. Raises `MessageUnreadable` for an invalid message or an unknown photo."""
    asked = ResizeJob.read(body)
    try:
        services.make_preview(id=asked.id)
    except UnknownPhoto as error:
        raise MessageUnreadable(str(error)) from error
    except (PhotoInvalid, OriginalMissing) as error:
        # The photo's job on SQS is tried again, or becomes a dead letter; one is enough.
        logger.warning("no preview", extra={"photo": asked.id, "error": str(error)})
