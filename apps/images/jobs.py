"""SQS jobs: `{"task": "resize", "id": 7}` on the queue `jobs` -> the renditions of photo 7."""

from contextlib import suppress

from apps.images import services
from apps.images.contract import ResizeJob
from apps.images.errors import PhotoInvalid, UnknownPhoto
from apps.messaging.errors import MessageUnreadable
from apps.messaging.jobs.delivery import ReceivedJob
from apps.messaging.jobs.job_queue import JobQueue


def resize(job: ReceivedJob) -> None:
    """Make the renditions, while this worker has the lease of the job.

    A job that can never succeed raises `MessageUnreadable`, and is a dead letter at once.
    """
    asked = ResizeJob.read(job.body)
    try:
        services.make_renditions(id=asked.id, sent_at=job.sent_at, check=job.lease.check)
    except (UnknownPhoto, PhotoInvalid) as error:
        raise MessageUnreadable(str(error)) from error


def give_up(body: str, reason: str) -> None:
    """Mark the photo of a dead job as failed, with the reason."""
    with suppress(MessageUnreadable):
        services.fail_photo(id=ResizeJob.read(body).id, reason=reason)


QUEUE = JobQueue(name=ResizeJob.queue, when_dead=give_up)
