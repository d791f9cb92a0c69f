"""The message that asks for a photo to be resized; a person can type it into any client."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from apps.messaging.contracts.declaring import job, offer
from apps.messaging.message import Job

PREVIEW_SUBJECT = "jobs.resize"
PREVIEW_GROUP = "resizers"


class ResizeJob(Job):
    """`{"task": "resize", "id": 7}`, on SQS for the renditions and on NATS for the preview."""

    queue: ClassVar[str] = "jobs"

    task: Literal["resize"] = "resize"
    id: Annotated[int, Field(strict=True, ge=1, lt=2**63)]


CONTRACTS = (
    # `celery` asks again for photos that have waited too long.
    job(ResizeJob, producers=["web", "celery"], consumers=["image_resizer"]),
    offer(
        PREVIEW_SUBJECT,
        ResizeJob,
        group=PREVIEW_GROUP,
        producers=["web"],
        consumers=["preview_resizer"],
    ),
)
